"""A sweep or loop that hangs is not covered up by the others that come round."""

from bot.pulse import Pulse


class Watch:
    """Monotonic seconds that pass when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_that_hangs_is_named_though_the_others_come_round() -> None:
    watch = Watch()
    pulse = Pulse(watch)
    pulse.expect("clocks", 60)
    pulse.expect("quiet", 60)

    for watch.now in range(0, 70, 10):
        pulse.came("quiet", well=True)

    assert pulse.stuck() == []
    watch.now = 61
    assert pulse.stuck() == ["clocks"]


def test_one_that_fails_each_time_comes_round_and_is_named_as_failing() -> None:
    watch = Watch()
    pulse = Pulse(watch)
    pulse.expect("clocks", 60)
    pulse.expect("quiet", 60)

    for watch.now in range(0, 80, 10):
        pulse.came("clocks", well=False)
        pulse.came("quiet", well=True)

    assert (pulse.stuck(), pulse.failing()) == ([], ["clocks"])
    pulse.came("clocks", well=True)
    assert pulse.failing() == []
