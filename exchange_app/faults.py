"""What the log says of an exception: its kind and its places. Never its text, which may hold what people typed."""

from pathlib import Path

_PLACES = 5


def described(exception: BaseException) -> dict[str, object]:
    """Fields for a log line: `error` and `at`, the last places as file:line."""
    places: list[str] = []
    trace = exception.__traceback__
    while trace is not None:
        places.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return {"error": type(exception).__name__, "at": places[-_PLACES:]}
