"""What people type into a search, as parameters of `ilike` and `like`. Pure."""


def patterns(search: str, least_digits: int = 1) -> dict[str, str]:
    """`like`: the words, with no wildcard in them having effect; `digits`: of a number, if only a number is meant.

    A name may hold a digit; only a text without letters is meant as a number. `none` matches no number.
    """
    words = search.strip()
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    digits = "" if any(ch.isalpha() for ch in words) else "".join(ch for ch in words if ch.isdigit())
    return {"like": f"%{plain}%", "digits": f"%{digits}%" if len(digits) >= least_digits else "none"}
