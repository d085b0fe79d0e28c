"""Which jobs there are, and what becomes of those whose worker has died."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job
from sqlalchemy.exc import SQLAlchemyError

from exchange_domain import (
    api_replies,
    clock,
    contact_counts,
    customer_events,
    database,
    earnings,
    export_files,
    habits,
    judging,
    mails,
    notices,
    pilots,
    review_pay,
    webhooks,
)  # fmt: skip
from exchange_domain.importing.orders import TASK as IMPORT_LIST
from exchange_domain.jobs import QUEUE
from exchange_domain.messages import CampaignChanged, PracticeMeasured, campaign_channel, operator_channel

from . import exports, measuring, post, practising
from .lists import ListImporter
from .telling import Bus
from .webhooks import WebhookTeller

log = structlog.get_logger(__name__)
TRIES = 5
RESCUED_EVERY_S = 10
WATCHED_EVERY_S = 1.0


async def sum_up_counts() -> int:
    """Changes of campaigns' counts become few rows again; returns of how many campaigns."""
    async with database.session() as s:
        found = await contact_counts.to_sum_up(s)
    for campaign_id in found:
        async with database.session() as s:
            await contact_counts.sum_up(s, campaign_id)
    return len(found)


async def release_all(now: datetime) -> int:
    """Pay whose review is over becomes available; returns for how many calls."""
    done = 0
    while True:
        async with database.session() as s:
            some = await earnings.release_due(s, now)
        done += some
        if not some:
            break
    if done:
        log.info("earnings released", calls=done)
    return done


async def forget_all(now: datetime) -> int:
    """What programs were told and answered is forgotten in its time; returns how many rows."""
    done = 0
    for forget, kept in (
        (customer_events.forget, customer_events.KEPT),
        (webhooks.forget_log, webhooks.LOG_KEPT),
        (api_replies.forget, api_replies.KEPT),
        (mails.forget, mails.KEPT),
        (export_files.forget, export_files.KEPT),
    ):
        some = 1
        while some:
            async with database.session() as s:
                some = await forget(s, now - kept)
            done += some
    return done


async def review_all(now: datetime) -> tuple[int, int]:
    """Recordings are put before moderators, and the pay follows their verdicts; of how many calls each."""
    judged = 0
    some = 1
    while some:
        async with database.session() as s:
            some = await judging.judge_new(s, now)
        judged += some
    async with database.session() as s:
        due = await review_pay.due(s, now)
    for call_id in due:
        async with database.session() as s:
            await review_pay.carry_out(s, call_id, now)
    return judged, len(due)


async def look_at_habits(now: datetime, scripts: set[int]) -> int:
    """Moderators are shown what operators and scripts do again and again; how many flags."""
    async with database.session() as s:
        raised = await habits.flag_habits(s, now)
    async with database.session() as s:
        return raised + await habits.flag_scripts(s, now, scripts)


class Again(BaseRetryStrategy):
    """A job that failed is tried again, later each time; one broken off by an orderly stop at the next start."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        if job.attempts >= TRIES:
            return None
        return RetryDecision(retry_in={"seconds": 3 ** (job.attempts + 1)})


class Tasks:
    """The tasks of an app."""

    def __init__(self, app: App, bus: Bus, teller: WebhookTeller, stalled_s: float):
        self._app, self._stalled_s = app, stalled_s
        lists = ListImporter(bus)

        @app.task(name=webhooks.TASK, queue=QUEUE)
        async def tell_webhook(endpoint_id: int) -> None:
            await teller.run(endpoint_id)

        self._tell_webhook = tell_webhook

        @app.task(name=pilots.TASK, queue=QUEUE, retry=Again())
        async def end_pilot(campaign_id: int) -> None:
            async with database.session() as s:
                status = await pilots.end(s, campaign_id)
            if status is not None:
                log.info("pilot over", campaign_id=campaign_id)
                await bus.say(campaign_channel(campaign_id), CampaignChanged(campaign_id=campaign_id, status=status))

        @app.task(name=mails.TASK, queue=QUEUE, retry=Again(), pass_context=True)
        async def send_mail(context: JobContext, mail_id: int) -> None:
            await post.send(mail_id, last_try=context.job.attempts >= TRIES)

        @app.task(name=export_files.TASK, queue=QUEUE, retry=Again(), pass_context=True)
        async def export_file(context: JobContext, export_id: str) -> None:
            await exports.make(UUID(export_id), last_try=context.job.attempts >= TRIES)

        @app.periodic(cron="* * * * *")
        @app.task(name="look_at_money", queue=QUEUE, queueing_lock="look_at_money")
        async def look_at_money(timestamp: int) -> None:
            async with database.session() as s:
                await notices.look_at_money(s, datetime.now(UTC))

        @app.periodic(cron="5 * * * *")
        @app.task(name="tell_week", queue=QUEUE, queueing_lock="tell_week")
        async def tell_week(timestamp: int) -> None:
            async with database.session() as s:
                await notices.tell_week(s, datetime.now(UTC))

        @app.periodic(cron="17 * * * *")
        @app.task(name="forget_old", queue=QUEUE, queueing_lock="forget_old")
        async def forget_old(timestamp: int) -> None:
            await forget_all(datetime.now(UTC))

        @app.task(name=IMPORT_LIST, queue=QUEUE, retry=Again(), pass_context=True)
        async def import_list(context: JobContext, import_id: int) -> None:
            await lists.run(import_id, last_try=context.job.attempts >= TRIES)

        @app.periodic(cron="*/5 * * * *")
        @app.task(name="release_earnings", queue=QUEUE, queueing_lock="release_earnings")
        async def release_earnings(timestamp: int) -> None:
            await release_all(datetime.now(UTC))

        @app.periodic(cron="* * * * * */5")
        @app.task(name="review_calls", queue=QUEUE, queueing_lock="review_calls")
        async def review_calls(timestamp: int) -> None:
            await review_all(datetime.now(UTC))
            await measuring.measure_due()

        async def tell_practice(operator_id: int) -> None:
            await bus.say(
                operator_channel(operator_id), PracticeMeasured(operator_id=operator_id, version=clock.now_ms())
            )

        @app.periodic(cron="* * * * * */2")
        @app.task(name="measure_practice", queue=QUEUE, queueing_lock="measure_practice")
        async def measure_practice(timestamp: int) -> None:
            await practising.measure_practice(tell_practice)

        good_scripts: set[int] = set()

        @app.periodic(cron="* * * * * */30")
        @app.task(name="look_at_habits", queue=QUEUE, queueing_lock="look_at_habits")
        async def watch_habits(timestamp: int) -> None:
            await look_at_habits(datetime.now(UTC), good_scripts)

        @app.periodic(cron="* * * * * */10")
        @app.task(name="sum_up_counts", queue=QUEUE, queueing_lock="sum_up_counts")
        async def sum_up(timestamp: int) -> None:
            await sum_up_counts()

    async def watch_webhooks(self) -> None:
        """Orders the telling of what is due: when, the endpoints' own rows say."""
        while True:
            try:
                async with database.session() as s:
                    due = await webhooks.pending(s, datetime.now(UTC))
                for endpoint_id in due:
                    name = f"webhook:{endpoint_id}"
                    with suppress(AlreadyEnqueued):
                        await self._tell_webhook.configure(lock=name, queueing_lock=name).defer_async(
                            endpoint_id=endpoint_id
                        )
            except (ConnectorException, SQLAlchemyError, OSError) as error:
                log.warning("webhooks not looked at", error=type(error).__name__)
            await asyncio.sleep(WATCHED_EVERY_S)

    async def rescue_for_ever(self) -> None:
        """Jobs of a worker that was killed are to be done again."""
        while True:
            try:
                for job in await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._stalled_s):
                    log.warning("job rescued", task=job.task_name, job=job.id)
                    await self._app.job_manager.retry_job(job)
            except (ConnectorException, OSError) as error:
                log.warning("jobs not looked at", error=type(error).__name__)
            await asyncio.sleep(RESCUED_EVERY_S)
