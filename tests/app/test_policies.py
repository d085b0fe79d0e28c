"""Every handler of every State has its policy: what is forgotten is found here, not by a refused press."""

from reflex_base.registry import RegistrationContext

from exchange_app.security.middleware import framework_handler
from exchange_app.security.policy import policy_of


def test_every_handler_declares_who_may_call_it():
    import exchange_app.exchange_app  # noqa: F401  registers every State of every folder

    handlers = RegistrationContext.ensure_context().event_handlers
    ours = {
        name: registered.handler.fn
        for name, registered in handlers.items()
        if registered.handler.fn.__module__.startswith("exchange_app")
    }
    assert ours, "no handlers found"
    missing = sorted(name for name, function in ours.items() if policy_of(function) is None)
    assert not missing, f"no @roles, @signed_in or @anyone at: {missing}"


def test_the_frameworks_handlers_are_let_through_by_function_not_by_name():
    def hydrate() -> None: ...

    assert framework_handler(hydrate) == ""


def test_upload_endpoint_of_the_framework_does_not_exist():
    from reflex_components_core.core.upload import Upload

    import exchange_app.exchange_app  # noqa: F401

    assert not Upload.is_used
