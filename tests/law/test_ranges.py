"""A value that is not quite known: low, likely and high stay in order, and what grows is applied to each."""

import pytest

from breachreg.law.ranges import Range, exactly, highest, lift


@pytest.mark.parametrize("out_of_order", [(2, 1, 3), (1, 3, 2), (3, 2, 1)])
def test_a_range_out_of_order_is_refused_and_says_so(out_of_order):
    low, likely, high = out_of_order
    with pytest.raises(ValueError, match=f"^out of order: {low} ≤ {likely} ≤ {high}$"):
        Range(*out_of_order)


def test_equal_ends_are_in_order_and_known():
    assert exactly(2) == Range(2, 2, 2)
    assert exactly(2).is_known
    assert not Range(1, 1, 2).is_known
    assert not Range(1, 2, 2).is_known


@pytest.mark.parametrize(
    ("other", "lies_within"),
    [
        (Range(1, 2, 3), True),
        (Range(2, 2, 2), True),
        (Range(0, 2, 3), False),
        (Range(1, 2, 4), False),
        (Range(0, 2, 4), False),
    ],
)
def test_a_range_contains_what_sticks_out_on_neither_side(other, lies_within):
    assert Range(1, 2, 3).contains(other) is lies_within


def test_a_function_is_applied_to_the_low_the_likely_and_the_high_ends():
    assert lift(lambda one, two: one + two, Range(1, 2, 3), Range(10, 20, 30)) == Range(11, 22, 33)
    assert lift(lambda one: one * 2, Range(1, 2, 3)) == Range(2, 4, 6)


def test_the_highest_of_several_is_taken_end_by_end():
    assert highest(Range(1, 2, 9), Range(3, 4, 5)) == Range(3, 4, 9)
    assert highest(Range(1, 2, 9)) == Range(1, 2, 9)
    assert highest(Range(0, 0, 1), Range(0, 1, 1), Range(1, 1, 1)) == Range(1, 1, 1)
