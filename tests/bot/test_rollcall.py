"""The crew is asked for before the weekend, red until it is complete; the rota's faults are told every morning."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.alarms import retell
from bot.examine import legs
from bot.hotline import rollcall, windows
from bot.hotline.enrol import import_roster
from bot.hotline.shoots import import_shoots
from models import Alarm, Confirmation
from tests.bot.house import LENA, TOMAS, House

SHOOT = "studio,starts_at,ends_at,timezone,title\nAdeyemi Photo,2026-11-28T15:00,2026-11-28T23:00,Europe/Madrid,Wedding"
THURSDAY, FRIDAY = datetime(2026, 11, 26, 9, 0, tzinfo=UTC), datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
ALL = '"primary", "backup", "lead", "engineer", "backup_engineer"'
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def person(name: str, number: int, roles: str, *, verified: bool = True) -> str:
    proven = "verified = true\n" if verified else ""
    return (
        f'[[person]]\nname = "{name}"\nroles = [{roles}]\ntelegram = {number}\nphone = "+346000005{number}"\n{proven}'
    )


def ready(house: House, *people: str, shoot: bool = True) -> None:
    channels = {**house.shell.channels, "voice": house.shell.channels["twilio"]}
    house.shell = replace(house.shell, channels=channels, senders={**house.shell.senders, "voice": "+34910000001"})
    house.studio()
    house.clock.moment = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    if people:
        import_roster(house.shell, "".join(people).encode())
    if shoot:
        import_shoots(house.shell, SHOOT.encode(), "csv")


def at(house: House, moment: datetime) -> dict[str, str]:
    """The words of the alarms that stand then."""
    house.clock.moment = moment
    windows.turn(house.shell)
    rollcall.look(house.shell)
    house.works()
    return {alarm.key: alarm.words for alarm in house.rows(Alarm) if alarm.cleared_at is None}


def test_on_thursday_at_ten_the_gaps_of_the_weekend_are_named(house: House) -> None:
    ready(house, person("Lena", 501, '"primary", "backup", "lead", "backup_engineer"'))

    assert "hotline-rota" not in at(house, THURSDAY - SECOND)
    assert at(house, THURSDAY)["hotline-rota"] == (
        "Hotline Fri 2026-11-27 18:00 to Mon 2026-11-30 06:00: "
        "nobody is engineer from Fri 2026-11-27 18:00 to Mon 2026-11-30 06:00."
    )


def test_a_whole_crew_is_no_news_on_thursday(house: House) -> None:
    ready(house, person("Lena", 501, ALL))

    assert at(house, THURSDAY) == {}


def test_an_hour_before_the_opening_whoever_has_not_confirmed_is_named_until_they_do(house: House) -> None:
    ready(house, person("Lena", 501, ALL))

    assert at(house, FRIDAY - HOUR - SECOND) == {}
    assert "Lena has not confirmed being engineer" in at(house, FRIDAY - HOUR)["hotline-crew"]
    assert "hotline-crew" in at(house, FRIDAY + HOUR)

    house.writes("/confirm", sender=LENA)
    house.works()
    assert house.shown(None)[-1].endswith("you are on as primary, backup, engineer. The crew is complete.")
    assert at(house, FRIDAY + 2 * HOUR) == {}
    assert house.shown(None)[-1].startswith("✅ Over: Hotline Fri")


def test_confirming_twice_is_once_and_says_who_is_still_missing(house: House) -> None:
    ready(house, person("Lena", 501, '"primary", "engineer"'), person("Tomas", 502, '"backup"'))
    for _ in range(2):
        house.writes("/confirm", sender=LENA)
        house.works()

    assert "Still missing: Tomas (backup) has not confirmed." in house.shown(None)[-1]
    assert len(house.rows(Confirmation)) == 2


def test_somebody_without_a_turn_or_outside_the_rota_is_told_so(house: House) -> None:
    ready(house, person("Lena", 501, '"lead"'))
    said = []
    for sender in (LENA, TOMAS):
        house.writes("/confirm", sender=sender)
        house.works()
        said.append(house.shown(None)[-1])

    assert "You have no turn in the coming hotline" in said[0]
    assert "You are not in the rota: `flask oncall import` names people by telegram = 502" in said[1]


def test_without_a_shoot_there_is_nothing_to_confirm(house: House) -> None:
    ready(house, person("Lena", 501, ALL), shoot=False)
    house.writes("/confirm", sender=LENA)
    house.works()

    assert "No hotline is coming" in house.shown(None)[-1]


def test_an_empty_rota_before_a_hotline_is_an_alarm_and_without_one_it_is_quiet(house: House) -> None:
    ready(house, shoot=False)
    assert at(house, THURSDAY) == {}

    ready(house)
    assert "the rota is empty: nobody would be woken" in at(house, THURSDAY)["rota"]


def test_the_rotas_faults_are_told_anew_each_morning_and_once_a_day(house: House) -> None:
    ready(house, person("Lena", 501, ALL, verified=False), shoot=False)
    for hour in range(50):
        retell(house.shell)
        at(house, datetime(2026, 11, 24, 7, 0, tzinfo=UTC) + hour * HOUR)

    words = [text for text in house.shown(None) if "Lena holds" in text]
    assert [text.split(":")[0] for text in words] == [
        "🚨 On call, Mon 23 Nov",
        "🚨 On call, Tue 24 Nov",
        "🚨 On call, Wed 25 Nov",
    ]
    assert "has no verified channel" in words[0]


def test_a_shift_nobody_confirmed_is_named_each_day_and_in_doctor_until_they_do(house: House) -> None:
    shift = '[[shift]]\nrole = "primary"\nperson = "Lena"\nbegins = "2026-11-25T09:00"\nends = "2026-11-25T18:00"\n'
    turns = 'people = ["Lena"]\nevery = "day"\nstarts = 2026-10-02\nat = "09:00"\n'
    regular = f'[[rotation]]\nname = "days"\nrole = "primary"\n{turns}'
    ready(house, person("Lena", 501, ALL), regular, shift, shoot=False)
    said = "Lena has not confirmed being primary from Wed 2026-11-25 09:00 to Wed 2026-11-25 18:00: /confirm"

    named = [at(house, house.clock.moment + timedelta(days=day))["rota"] for day in (0, 1)]
    doctor = [one.words for one in legs(house.shell)["rota"]()]
    house.writes("/confirm", sender=LENA)
    house.works()

    assert named == [f"On call, {day}: {said}." for day in ("Mon 23 Nov", "Tue 24 Nov")]
    assert doctor == [said]
    assert house.shown(None)[-1].endswith("Thank you: your shifts of this week as primary are confirmed.")
    assert at(house, house.clock.moment) == {}


def test_a_channel_that_is_off_here_is_named_each_day_and_in_doctor(house: House) -> None:
    ready(house, person("Lena", 501, ALL), shoot=False)
    house.shell = replace(house.shell, senders={"sms": "+34910000000"})

    words = at(house, THURSDAY)["rota"]

    assert words == (
        "On call, Thu 26 Nov: voice is off here, so nobody is reached by it; set TWILIO_VOICE_FROM, like +34910000000."
    )
    assert [one.ok for one in legs(house.shell)["rota"]()] == [False]


def test_who_can_only_be_reached_where_nothing_of_ours_rings_is_named(house: House) -> None:
    whatsapp = f'[[person]]\nname = "Lena"\nroles = [{ALL}]\nwhatsapp = "+34600000011"\nverified = true\n'
    ready(house, whatsapp, shoot=False)

    words = at(house, THURSDAY)["rota"]

    assert "but nothing can ring them now: whatsapp is shut, and there is no template page_sev1" in words


def test_doctor_names_what_is_missing_once_somebody_has_to_be_on(house: House) -> None:
    quiet = [(one.ok, one.words) for one in legs(house.shell)["rota"]()]
    ready(house, person("Lena", 501, '"primary", "backup", "lead", "engineer"'))
    missing = [(one.ok, one.words.split(" from ")[0]) for one in legs(house.shell)["rota"]()]
    ready(house, person("Lena", 501, ALL))
    sound = [(one.ok, one.words) for one in legs(house.shell)["rota"]()]

    assert quiet == [(True, "empty: nobody is on call yet")]
    assert missing == [(False, "nobody is backup engineer")]
    assert sound == [(True, "1 people; every role is held for a week")]
