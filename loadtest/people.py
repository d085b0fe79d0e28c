"""Who works in a run, and how: each is one page that is open, or comes and goes."""

import itertools
import random
import time
from typing import Any

import gevent
from gevent.event import Event
from locust import HttpUser, User, between, task
from locust.exception import StopUser

from .figures import figures
from .live_page import LivePage, Lost, state_name
from .plan import Plan, Somebody, read

BOARD = state_name("exchange_app.operator.board_state", "board")
DESK = state_name("exchange_app.operator.desk_state", "desk")
SHEET = state_name("exchange_app.operator.sheet_state", "sheet")
RESULTS = state_name("exchange_app.customer.results_state", "results")
MANAGER = state_name("exchange_app.manager.state", "manager_desk")
REVIEW = state_name("exchange_app.moderator.review_state", "review")
CONSULT_S = 3.0
LONGEST_RING_S = 60.0
BACK_OFF_S = (0.2, 2.0)
"""As the framework's client waits before it connects again: at first, and at most."""
DIGITS = (1, 2, 4, 5, 7)
"""Outcomes that an operator chooses: success, refused, no answer, busy, dropped."""
SOUND_PART = 65_536

plan: Plan = read()
stampede = Event()
_turn = itertools.count()
_free: dict[str, list[Somebody]] = {
    "operators": list(plan.operators), "customers": list(plan.customers), "managers": list(plan.managers),
    "moderators": list(plan.moderators),
}  # fmt: skip


def somebody(kind: str) -> Somebody:
    """Raises StopUser when all of this kind are there."""
    if not _free[kind]:
        raise StopUser
    return _free[kind].pop()


def cut_all_at(seconds: float) -> None:
    gevent.sleep(seconds)
    stampede.set()


class Seated(User):
    """Somebody with one page that stays open, and is opened again when its socket is lost."""

    abstract = True
    kind, address, route = "", "", ""

    def on_start(self) -> None:
        self.who = somebody(self.kind)
        place = str(self.who.campaign)
        self.page = LivePage(
            plan.urls[next(_turn) % len(plan.urls)], self.who.cookie, self.address.format(place), self.route
        )
        self.page.on_delta = self.see
        self._cut = False
        gevent.spawn(self._be_cut)
        self._open("open a page")

    def _be_cut(self) -> None:
        """When all lose their sockets: how long until this page is whole again."""
        stampede.wait()
        self._cut = True
        self.page.cut()
        self._open("reconnect, all at once")
        self._cut = False

    def _open(self, name: str) -> None:
        began, pause = time.perf_counter(), BACK_OFF_S[0]
        while True:
            try:
                self.page.open()
                break
            except Lost as lost:
                figures.failed("page", name, lost)
                gevent.sleep(pause)
                pause = min(pause * 2, BACK_OFF_S[1])
        figures.took("page", name, (time.perf_counter() - began) * 1000)

    def again(self, why: Lost) -> None:
        """After something went wrong: whoever was cut waits until the page is back, the others open it anew."""
        if self._cut or stampede.is_set():
            while self._cut:
                gevent.sleep(0.1)
            return
        figures.failed("page", f"{self.kind}: lost", why)
        self.page.cut()
        self._open("open again")

    def see(self, delta: dict[str, dict[str, Any]], at: float) -> None:
        """A change has come to the page."""


class OperatorAtWork(Seated):
    """Begins a shift from the board, and calls one contact after the other."""

    kind, address = "operators", "/operator"
    wait_time = between(0, 0)

    def on_start(self) -> None:
        self._chance = random.Random(f"operator {id(self)}")
        super().on_start()
        self._begin()

    def _begin(self) -> None:
        page = self.page
        try:
            page.wait(lambda: any(c["campaign_id"] == self.who.campaign for c in page.value(BOARD, "cards", ())))
            page.press(BOARD, "start", campaign_id=self.who.campaign)
            page.wait(lambda: "/operator/work" in page.redirects)
            page.go("/operator/work")
            took = page.wait(lambda: page.value(DESK, "state") == "ready")
            figures.took("press", "start the shift → ready", took * 1000)
        except Lost as lost:
            self.again(lost)

    def see(self, delta: dict[str, dict[str, Any]], at: float) -> None:
        changed = delta.get(DESK)
        if not changed:
            return
        call_id = self.page.value(DESK, "call_id", "")
        state = self.page.value(DESK, "state")
        if call_id:
            figures.saw(call_id, str(state), at)

    @task
    def call(self) -> None:
        page = self.page
        try:
            if page.value(DESK, "state") != "ready" or page.value(DESK, "call_id"):
                self._settle()
                return
            pressed = time.time()
            before = page.value(DESK, "call_id", "")
            page.press(DESK, "call_next")
            took = page.wait(lambda: page.value(DESK, "call_id", "") not in ("", before), LONGEST_RING_S)
            call_id = page.value(DESK, "call_id")
            figures.saw(call_id, "pressed", pressed)
            figures.took("press", "C → the contact is shown", took * 1000)
            self._through(call_id)
        except Lost as lost:
            self.again(lost)
            gevent.sleep(1)

    def _settle(self) -> None:
        """After a page was opened again in the middle of something: on to its end."""
        page = self.page
        call_id = page.value(DESK, "call_id", "")
        if call_id:
            self._through(call_id)
            return
        if page.value(DESK, "state") == "off_shift":
            page.go("/operator")
            self._begin()
        gevent.sleep(0.5)

    def _through(self, call_id: str) -> None:
        """A call from the ringing to the saved result. Raises Lost."""
        page = self.page

        def on(*states: str) -> bool:
            return page.value(DESK, "call_id") != call_id or page.value(DESK, "state") in states

        page.wait(lambda: on("talking", "wrap_up"), LONGEST_RING_S)
        if page.value(DESK, "call_id") == call_id and page.value(DESK, "state") == "talking":
            self._talk(call_id, on)
        if page.value(DESK, "call_id") == call_id:
            self._write(call_id, on)

    def _talk(self, call_id: str, on: Any) -> None:
        page = self.page
        end = time.time() + plan.talk_s * self._chance.uniform(0.6, 1.4)
        if self._chance.random() < plan.transfer_share:
            gevent.sleep(min(3.0, plan.talk_s / 4))
            page.press(DESK, "start_transfer", call_id=call_id)
            page.wait(lambda: on("wrap_up", "transferring") or page.value(DESK, "notice", "") != "", 10)
            page.wait(lambda: on("wrap_up", "talking") or page.value(DESK, "transfer_answered_ms", 0) > 0, 40)
            if page.value(DESK, "transfer_answered_ms", 0) > 0:
                gevent.sleep(CONSULT_S)
                page.press(DESK, "complete_transfer", call_id=call_id)
                took = page.wait(lambda: on("wrap_up"))
                figures.took("press", "Y → connected, wrap-up", took * 1000)
                return
        while time.time() < end and not on("wrap_up"):
            page.changed.clear()
            page.changed.wait(max(0.05, min(1.0, end - time.time())))
            if page._socket is None:
                raise Lost("the socket ended")
        if on("wrap_up"):
            return
        page.press(DESK, "hang_up", call_id=call_id)
        took = page.wait(lambda: on("wrap_up"))
        figures.took("press", "H → wrap-up", took * 1000)

    def _write(self, call_id: str, on: Any) -> None:
        page = self.page
        page.press(SHEET, "save", name=f"{call_id}:.note", value="Asked to be sent the price list")
        gevent.sleep(plan.think_s * self._chance.uniform(0.5, 1.5))
        page.press(SHEET, "choose_digit", call_id=call_id, digit=self._chance.choice(DIGITS))
        page.wait(lambda: page.value(SHEET, "chosen_id", 0) > 0 or page.value(DESK, "call_id") != call_id)
        page.press(SHEET, "close", call_id=call_id, then="ready")
        took = page.wait(lambda: page.value(DESK, "call_id") != call_id)
        figures.took("press", "save → ready", took * 1000)


class CustomerWatching(Seated):
    """The page of results, open: patches come by themselves; now and then a search."""

    kind, address, route = "customers", "/customer/campaign/{}", "/customer/campaign/[customer_campaign]"
    wait_time = between(20, 40)

    def see(self, delta: dict[str, dict[str, Any]], at: float) -> None:
        patch = (delta.get(RESULTS) or {}).get("patch_rx_state_")
        for row in (patch or {}).get("upserts") or ():
            if row.get("state") == "talking":
                figures.saw(row["id"], "customer_talking", at)

    @task
    def look_for_somebody(self) -> None:
        try:
            self.page.press(RESULTS, "find", form={"search": "nobody of this name"})
            took = self.page.wait(lambda: self.page.value(RESULTS, "search") == "nobody of this name")
            figures.took("press", "a customer's search", took * 1000)
            self.page.press(RESULTS, "forget_search")
        except Lost as lost:
            self.again(lost)


class ManagerThere(Seated):
    """A manager's desk, open: the switch's telephone takes the transfers."""

    kind, address = "managers", "/manager"
    wait_time = between(30, 60)

    @task
    def sit(self) -> None:
        """Nothing: the page shows what comes."""


class ModeratorListening(HttpUser):
    """Opens the review, takes the first call, hears it in parts, and lets it go."""

    host = plan.url
    wait_time = between(5, 15)

    def on_start(self) -> None:
        self.who = somebody("moderators")
        # In the jar: of a header a redirect would keep nothing.
        name, _, value = self.who.cookie.partition("=")
        self.client.cookies.set(name, value)
        self.page = LivePage(plan.url, self.who.cookie, "/moderator")
        self._open()

    def _open(self) -> None:
        try:
            self.page.open()
        except Lost as lost:
            figures.failed("page", "open the review", lost)

    @task
    def listen(self) -> None:
        page = self.page
        try:
            page.press(REVIEW, "look_again")
            gevent.sleep(1)
            waiting = page.value(REVIEW, "lines", ())
            if not waiting:
                return
            began = time.perf_counter()
            page.press(REVIEW, "open", hearing_id=waiting[0]["id"])
            page.wait(lambda: bool((page.value(REVIEW, "call") or {}).get("id")))
            figures.took("press", "a call to review", (time.perf_counter() - began) * 1000)
            self._hear(str(page.value(REVIEW, "call")["id"]))
            page.press(REVIEW, "give_back")
        except Lost as lost:
            figures.failed("page", "moderators: lost", lost)
            page.cut()
            self._open()

    def _hear(self, call_id: str) -> None:
        for first in (0, SOUND_PART // 2):
            headers = {"range": f"bytes={first}-{first + SOUND_PART - 1}"}
            answer = self.client.get(
                f"/moderator/calls/{call_id}/recording", headers=headers, name="a part of a recording"
            )
            if answer.status_code == 416:
                return


class SomebodySigningIn(HttpUser):
    """Comes by the sign-in page with a password, while the others work."""

    host = plan.url
    wait_time = between(15, 30)

    @task
    def sign_in(self) -> None:
        if not plan.sign_ins:
            raise StopUser
        email, password = random.choice(plan.sign_ins)
        self.client.cookies.clear()
        with self.client.post(
            "/auth/sign-in", data={"email": email, "password": password}, headers={"origin": plan.url},
            allow_redirects=False, name="sign in", catch_response=True,
        ) as answer:  # fmt: skip
            if answer.status_code not in (302, 303) or "sid" not in answer.cookies:
                answer.failure(f"not signed in: {answer.status_code}")
