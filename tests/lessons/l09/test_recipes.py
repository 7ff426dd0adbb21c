"""Lesson 09's stored results can be made again, and say what the lesson says of them."""

import numpy as np
import pytest

from lessonlib.lessons.l09.recipes import attention as attention_09
from lessonlib.lessons.l09.recipes import dates, explain, lookups, scoreboard
from lessonlib.trained import trained


@pytest.mark.exhaustive
def test_dates_come_back_in_a_shortened_run():
    reader, exact, share = dates.train(True, 150, seed=0, hidden=32)
    assert len(exact) == 6
    assert exact[-1] > 0.6
    assert 0.4 < share <= 1
    assert sum(p.data.size for p in reader.parameters()) == 21_628
    _, plain, none = dates.train(False, 150, seed=0, hidden=32)
    assert plain[-1] < 0.2
    assert np.isnan(none)


def test_dates_say_what_the_lesson_says():
    stored = trained("09.dates")
    assert stored["attention"].shape == (5, 12)
    assert stored["attention"][:, -1].min() > 0.95
    assert stored["no attention"][:, -1].max() < 0.8
    assert stored["four times longer"].shape == (5, 48)
    assert stored["aligned"].min() > 0.7


def test_alignment_is_counted_on_the_year():
    source = dates.date_ids(["07/03/1994"])
    target = dates.date_ids(["1994-03-07"], dates.DATE_DIGITS)
    weights = np.zeros((1, 10, 18))
    weights[0, range(4), [6, 7, 8, 9]] = 1
    assert dates.aligned(source, target, weights) == 1
    weights[0, 0] = 0  # the first digit looks at the first letter
    assert dates.aligned(source, target, weights) == 0.75


def test_two_lookups_come_back():
    stored = trained("09.lookups")
    assert stored["names"].tolist() == list(lookups.MODELS)
    one, two, one_mlp, two_mlp = stored["share"][..., -1].T
    assert one.max() < 0.3
    assert min(two.min(), two_mlp.min()) > 0.97
    assert np.median(one_mlp) > 0.85
    again = lookups.train(*lookups.MODELS["2 heads"], seed=0, steps=250)
    assert again[-1] > 0.9
    sizes = [
        sum(
            p.data.size for p in lookups.TwoLookups(h, False, np.random.default_rng(0)).parameters()
        )
        for h in (1, 2)
    ]
    assert sizes == [6544, 6544]


@pytest.mark.exhaustive
def test_explanations_come_back():
    stored = trained("09.explain")
    assert stored["kinds"].tolist() == list(explain.KINDS)
    prose, alone, telling = stored["table"].swapaxes(0, 1)
    assert prose[:, 1].min() > 0.8
    assert prose[:, 2].max() < 0.2
    assert prose[:, 3].max() < 0.5
    assert alone[:, 3].min() > 0.65
    assert telling[:, 2].min() > 0.5
    rng = np.random.default_rng(0)
    found = explain.examine(*explain.train("one telling word, LSTM", rng, steps=200), rng)
    assert found["accuracy"] > 0.9
    assert found["shuffled"] > 0.4


def test_test_snippets_are_no_training_snippets():
    (train, _), (test, labels), words, classes = explain.snippets(np.random.default_rng(0))
    assert classes == 3
    assert words > max(train.max(), test.max())
    seen = {tuple(row) for row in train}
    assert np.mean([tuple(row) in seen for row in test]) < 0.02
    assert set(labels) == {0, 1, 2}


@pytest.mark.exhaustive
def test_the_explorers_readers_come_back():
    stored = trained("09.attention")
    assert stored["shares"].min() > 0.98
    assert stored["back"].shape == (6, 2)
    reader, shares = attention_09.train(attention_09.SHOWN, steps=300)
    assert shares.min() > 0.8
    assert attention_09.looks_back(reader).shape == (2,)
    assert {f"words.{key}" for key in reader.state_dict()} <= set(stored.arrays)


@pytest.mark.parametrize("step", [0, 44, 45, 299])
def test_the_lr_goes_up_and_down(step):
    assert 0 < dates.lr_factor(step, 300) <= 1.01
    assert dates.lr_factor(44, 300) == pytest.approx(1)


@pytest.mark.exhaustive
def test_row_of_the_scoreboard():
    stored = trained("09.scoreboard")
    assert stored["names"].tolist() == [scoreboard.NAME]
    assert stored["rows"].shape == (5, 1, 5)
    assert np.all(stored["rows"][..., 1] > 0.87)
    assert np.all(stored["rows"][..., 1:4].argsort(axis=2) == [2, 1, 0])  # each shift costs
    model = scoreboard.train(0, epochs=15)
    assert sum(p.data.size for p in model.parameters()) == stored["rows"][0, 0, 0]
    X, y = scoreboard.canvas("validation")
    assert np.mean(model(X.reshape(len(X), -1)).argmax(axis=1) == y) > 0.6
