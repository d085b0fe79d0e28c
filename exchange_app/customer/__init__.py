"""The customer's pages: campaigns with their steps and live results, lists, money."""

from starlette.routing import BaseRoute

from exchange_app.i18n import t
from exchange_app.shell import Nav, Page

from .callers_state import Callers
from .campaigns_page import campaigns_page
from .campaigns_state import Campaigns
from .caps_state import Caps
from .contacts_page import contacts_page
from .contacts_state import ContactTable
from .days_off_state import DaysOff
from .do_not_call_page import do_not_call_page
from .do_not_call_state import DoNotCallList
from .figures_page import figures_page
from .figures_state import Figures
from .file_routes import routes as file_routes
from .here import Here
from .hours_page import hours_page
from .hours_state import Hours
from .import_run_state import ImportRun
from .letters_state import Letters
from .list_page import list_page
from .list_routes import routes as list_routes
from .list_state import ContactList
from .money_page import money_page
from .money_state import Money
from .papers_state import Papers
from .pay_in_card import sandbox_page
from .pay_in_state import PayIn, SandboxPay
from .people_page import people_page
from .people_state import People
from .pilot_state import Pilot
from .programs_page import programs_page
from .programs_state import Programs
from .purse import Purse, purse
from .results_page import results_page
from .results_state import Results
from .run_state import Run
from .script_page import script_page
from .script_state import Script
from .sound import routes as sound_routes
from .start_page import start_page

CAMPAIGN = "/customer/campaign/[customer_campaign]"


def pages() -> list[Page]:
    def page(route: str, component, title, *on_load, nav: Nav | None = None) -> Page:
        return Page(route, component, title, role="customer", nav=nav, status=purse, on_load=[Purse.enter, *on_load])

    return [
        page(
            "/customer",
            campaigns_page,
            t("Campaigns"),
            Campaigns.enter,
            nav=Nav(t("Campaigns"), "chart-column", key="KeyC"),
        ),
        page(
            "/customer/money",
            money_page,
            t("Money"),
            Money.enter,
            PayIn.enter,
            Letters.enter,
            Papers.enter,
            nav=Nav(t("Money"), "wallet", key="KeyM"),
        ),
        page("/customer/sandbox/[sandbox_payment]", sandbox_page, t("Payment, as if"), SandboxPay.enter),
        page(
            "/customer/do-not-call",
            do_not_call_page,
            t("Do not call"),
            DoNotCallList.enter,
            nav=Nav(t("Do not call"), "phone-off", key="KeyD"),
        ),
        page(
            "/customer/programs",
            programs_page,
            t("Programs"),
            Programs.enter,
            nav=Nav(t("Programs"), "webhook", key="KeyA"),
        ),
        page(CAMPAIGN, results_page, t("Results"), Here.enter, Run.enter, Pilot.enter, Results.enter),
        page(f"{CAMPAIGN}/contacts", contacts_page, t("Contacts"), Here.enter, ContactTable.enter),
        page(f"{CAMPAIGN}/figures", figures_page, t("Figures"), Here.enter, Figures.enter),
        page(f"{CAMPAIGN}/list", list_page, t("List of contacts"), Here.enter, ImportRun.enter, ContactList.enter),
        page(f"{CAMPAIGN}/script", script_page, t("Script and form"), Here.enter, Script.enter),
        page(
            f"{CAMPAIGN}/hours",
            hours_page,
            t("Hours and limits"),
            Here.enter,
            Hours.enter,
            DaysOff.enter,
            Callers.enter,
        ),
        page(f"{CAMPAIGN}/people", people_page, t("Managers and results"), Here.enter, People.enter),
        page(f"{CAMPAIGN}/start", start_page, t("Start"), Here.enter, Run.enter, Caps.enter),
    ]


def routes() -> list[BaseRoute]:
    return [*list_routes(), *sound_routes(), *file_routes()]
