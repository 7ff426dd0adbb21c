"""What lesson 04 derives, searched for counterexamples in exactly the setting that it states."""

import numpy as np
import pytest

from lessonlib import nn, optim
from lessonlib.exercises.judge import judge
from lessonlib.lessons.l04.exercises.exercise_1 import momentum_step
from lessonlib.lessons.l04.exercises.exercise_7 import EXERCISE, Optimizer


def factor(momentum, x):
    """The larger size of the roots of r² - (1 + momentum - x) r + momentum; x is lr times h."""
    return np.abs(np.roots([1, -(1 + momentum - x), momentum])).max()


def test_a_step_on_a_parabola_multiplies_the_distance_and_two_over_h_is_the_border():
    rng = np.random.default_rng(0)
    for h, w in zip(np.exp(rng.normal(0, 3, 200)), rng.normal(size=200), strict=True):
        for share in (0.01, 0.99, 1.99, 2.01, 3.0):
            new = w - share / h * h * w
            assert (abs(new) < abs(w)) == (share < 2)


def test_no_lr_is_better_than_the_one_where_the_two_factors_meet():
    rng = np.random.default_rng(1)
    for low, ratio in zip(np.exp(rng.normal(0, 2, 50)), 1 + 1000 * rng.random(50), strict=True):
        high = low * ratio
        lrs = np.append(np.geomspace(1e-3, 3, 2000) / high, 2 / (low + high))
        worst = np.maximum(np.abs(1 - lrs * low), np.abs(1 - lrs * high))
        assert worst.argmin() == len(lrs) - 1 or worst[-1] <= worst.min() + 1e-12
        assert worst[-1] == pytest.approx((ratio - 1) / (ratio + 1))


def test_within_the_band_both_roots_have_the_size_root_of_mu_and_outside_one_is_larger():
    rng = np.random.default_rng(2)
    for momentum in rng.uniform(0.01, 0.99, 100):
        ends = (1 - np.sqrt(momentum)) ** 2, (1 + np.sqrt(momentum)) ** 2
        for x in rng.uniform(*ends, 20):
            assert factor(momentum, x) == pytest.approx(np.sqrt(momentum), abs=1e-6)
        for x in (0.9 * ends[0], 1.1 * ends[1]):
            assert factor(momentum, x) > np.sqrt(momentum)


def test_outside_the_band_one_root_is_larger_than_one_minus_the_root_of_lr_times_h():
    """The end of the band that a smaller momentum leaves outside, below or above."""
    rng = np.random.default_rng(15)
    for _ in range(300):
        x = rng.uniform(0.001, 3.9)
        r = 1 - np.sqrt(x)
        mu = rng.uniform(0, r**2)
        np.testing.assert_allclose(r**2 - (1 + mu - x) * r + mu, (1 - r) * (mu - r**2), atol=1e-12)
        assert factor(mu, x) >= abs(r)


@pytest.mark.parametrize("kappa", [2.0, 25.0, 1000.0])
def test_the_best_constants_of_momentum_have_no_better_neighbours(kappa):
    root = np.sqrt(kappa)
    momentum, lr = ((root - 1) / (root + 1)) ** 2, 4 / (root + 1) ** 2
    wanted = (root - 1) / (root + 1)

    def slowest(mu, eta):
        return max(factor(mu, eta * h) for h in (1.0, root, kappa))

    assert slowest(momentum, lr) == pytest.approx(wanted, abs=1e-6)
    rng = np.random.default_rng(3)
    for mu, eta in zip(rng.uniform(0, 1, 3000), lr * np.exp(rng.normal(size=3000)), strict=True):
        assert slowest(mu, eta) > wanted - 1e-6


def test_momentum_leaves_beyond_two_times_one_plus_mu():
    for mu in np.random.default_rng(10).uniform(0.01, 0.99, 200):
        limit = 2 * (1 + mu)
        assert factor(mu, limit) == pytest.approx(1)
        assert factor(mu, 0.999 * limit) < 1 < factor(mu, 1.001 * limit)


def test_newtons_step_lands_in_the_minimum_of_a_parabola():
    rng = np.random.default_rng(11)
    for _ in range(50):
        root, w = rng.normal(size=(4, 4)), rng.normal(size=4)
        H = root @ root.T + 0.1 * np.eye(4)
        np.testing.assert_allclose(w - np.linalg.solve(H, H @ w), 0, atol=1e-9)


def test_two_steps_are_the_recursion_of_the_page():
    w = np.array([1.0, -2.0])
    h, lr, mu = np.array([3.0, 0.5]), 0.1, 0.8
    places, u = [w], np.zeros(2)
    for _ in range(5):
        w, u = momentum_step(w, u, h * w, lr, mu)
        places.append(w)
    for before, now, after in zip(places, places[1:], places[2:], strict=False):
        np.testing.assert_allclose(after, (1 + mu - lr * h) * now - mu * before)


def test_every_walk_is_a_mixture_of_the_powers_of_the_two_roots():
    rng = np.random.default_rng(7)
    for x, mu in zip(rng.uniform(0, 3, 200), rng.uniform(0.01, 0.99, 200), strict=True):
        roots = np.roots([1, -(1 + mu - x), mu]).astype(complex)
        places = list(rng.normal(size=2))
        a, b = np.linalg.solve([[1, 1], roots], places)
        for t in range(2, 40):
            places.append((1 + mu - x) * places[-1] - mu * places[-2])
            mixed = a * roots[0] ** t + b * roots[1] ** t
            scale = 1 + abs(a) + abs(b)
            assert abs(mixed - places[-1]) < 1e-6 * scale * max(1, np.abs(roots).max()) ** t


def test_the_ravine_takes_42_steps_with_momentum_and_173_without():
    h, start = np.array([1.0, 25.0]), np.array([-4.0, 1.0])
    for lr, mu, wanted in ((2 / 26, 0.0, 173), (4 / 36, 4 / 9, 42)):
        w, u, steps = start, np.zeros(2), 0
        while np.linalg.norm(w) >= 1e-6 * np.linalg.norm(start):
            w, u = momentum_step(w, u, h * w, lr, mu)
            steps += 1
        assert steps == wanted


def steps_of(h, w, lr, mu):
    """Steps of momentum to a millionth of the distance."""
    start, u, steps = np.linalg.norm(w), np.zeros(len(h)), 0
    while np.linalg.norm(w) >= 1e-6 * start:
        w, u = momentum_step(w, u, h * w, lr, mu)
        steps += 1
    return steps


def test_the_larger_lr_is_the_smaller_part_of_what_momentum_gains():
    h, rng = np.array([1.0, 25.0]), np.random.default_rng(15)
    for start in [np.array([-4.0, 1.0]), *rng.normal(size=(20, 2))]:
        plain, same_lr, best = (
            steps_of(h, start, lr, mu) for lr, mu in ((2 / 26, 0.0), (2 / 26, 0.6), (4 / 36, 4 / 9))
        )
        assert plain - same_lr > 3 * (same_lr - best)


def test_at_kappa_10_000_the_ends_of_the_band_cost_what_the_factor_does_not_explain():
    h, lr, mu = np.geomspace(1, 10_000, 30), 4 / 101**2, (99 / 101) ** 2
    factor_alone = np.log(1e6) / np.log(101 / 99)
    assert round(factor_alone) == 691
    for seed in range(10):
        w = np.random.default_rng(seed).normal(size=30)
        between = w.copy()
        between[[0, -1]] = 0
        assert steps_of(h, between, lr, mu) < factor_alone
        assert steps_of(h, w, lr, mu) > 1.2 * factor_alone


def test_ordinary_momentum_arrives_with_the_old_lr_only_with_some_mu():
    def slope(w):
        return np.where(w < 1, 25 * w, np.where(w < 2, w + 24, 25 * w - 24))

    def lost(lr, mu, steps):
        w, u = np.linspace(-4, 4, 801), np.zeros(801)
        for _ in range(steps):
            w, u = momentum_step(w, u, slope(w), lr, mu)
        return np.mean(~(np.abs(w) < 1e-6))

    shares = [lost(4 / 36, mu, 900) for mu in (4 / 9, 0.5, 4 / 6, 0.9)]
    assert shares[2] == 0
    assert shares[0] < min(shares[1], shares[3])
    assert shares[3] == pytest.approx(lost(4 / 36, 0.9, 5000), abs=0.01)
    assert all(lost(1 / 25, mu, 900) == 0 for mu in (0.0, 4 / 9, 0.5, 4 / 6, 0.9))
    assert all(lost(4 / 36, mu, 900) == 0 for mu in (0.6, 0.7, 0.8))  # the page tries four


def test_nesterovs_form_in_pytorch_is_the_gradient_at_the_place_ahead():
    rng = np.random.default_rng(8)
    H = rng.normal(size=(3, 3))
    H, lr, mu = H @ H.T, 0.02, 0.8
    w, u, velocity = rng.normal(size=3), np.zeros(3), np.zeros(3)
    y = w.copy()
    for _ in range(30):
        u = mu * u + H @ (w - lr * mu * u)  # as Nesterov has it
        w = w - lr * u
        g = H @ y
        velocity = mu * velocity + g  # as PyTorch has it
        y = y - lr * (g + mu * velocity)
        np.testing.assert_allclose(y, w - lr * mu * u, atol=1e-9)


def test_nesterovs_form_leaves_beyond_its_own_limit():
    for mu in np.random.default_rng(13).uniform(0.01, 0.99, 200):
        limit = 2 * (1 + mu) / (1 + 2 * mu)
        for share, grows in ((0.999, False), (1.001, True)):
            x = share * limit
            assert (np.abs(np.roots([1, -(1 + mu) * (1 - x), mu * (1 - x)])).max() > 1) == grows
    y, u = 1.0, 0.0  # the constants of the page: curvature 25, lr 4/36, mu 4/9
    for _ in range(100):
        u = 4 / 9 * u + 25 * y
        y = y - 4 / 36 * (25 * y + 4 / 9 * u)
    assert abs(y) > 1e6


def test_mixing_keeps_the_number_of_ways_down():
    rng = np.random.default_rng(14)
    S = np.diag(0.5 ** np.arange(5))

    def gradient(w):
        A, B = w[:10].reshape(2, 5), w[10:].reshape(5, 2)
        E = (B @ A - np.eye(5)) @ S
        return np.r_[(B.T @ E).ravel(), (E @ A.T).ravel()]

    for chosen in ([], [0], [2], [0, 1], [1, 4]):
        A = np.zeros((2, 5))
        A[: len(chosen)] = np.eye(5)[chosen]
        down = []
        for M in (np.eye(2), rng.normal(size=(2, 2)), rng.normal(size=(2, 2))):
            w = np.r_[(M @ A).ravel(), (A.T @ np.linalg.inv(M)).ravel()]
            np.testing.assert_allclose(gradient(w), 0, atol=1e-9)
            H = [(gradient(w + e) - gradient(w - e)) / 2e-5 for e in 1e-5 * np.eye(20)]
            down.append(np.sum(np.linalg.eigvalsh((np.array(H) + np.array(H).T) / 2) < -1e-6))
        assert down[0] == down[1] == down[2]


def test_on_the_ridge_a_saddle_is_reached_and_next_to_it_left():
    for second in (0.0, 1e-12):
        w = np.array([1.0, second])
        for _ in range(1000):
            w = w - 0.1 * np.array([w[0], -w[1]])
        assert abs(w[0]) < 1e-40
        assert (w[1] == 0) if second == 0 else w[1] > 1


def test_no_matrix_of_rank_3_has_a_smaller_loss_than_half_the_five_smallest_eigenvalues():
    rng = np.random.default_rng(9)
    for _ in range(300):
        root = rng.normal(size=(8, 8))
        S, product = root @ root.T, rng.normal(size=(8, 3)) @ rng.normal(size=(3, 8))
        values, vectors = np.linalg.eigh(S)
        best = vectors[:, 5:] @ vectors[:, 5:].T
        for M in (product, best, best + 1e-3 * best @ rng.normal(size=(8, 8))):  # rank 3, all
            E = np.eye(8) - M
            assert 0.5 * np.trace(E @ S @ E.T) >= 0.5 * values[:5].sum() - 1e-9


def test_the_weights_in_a_running_mean_add_up_to_one_minus_beta_to_the_t():
    for beta in (0.5, 0.9, 0.999):
        m = 0.0
        for t in range(1, 50):
            m = beta * m + (1 - beta) * 1.0
            assert m == pytest.approx(1 - beta**t)


def test_gradient_descent_does_not_notice_a_turn():
    rng = np.random.default_rng(5)
    A, y = rng.normal(size=(40, 6)) * np.geomspace(1, 100, 6), rng.integers(0, 2, 40)
    Q, _ = np.linalg.qr(rng.normal(size=(6, 6)))
    w, turned = np.zeros(6), np.zeros(6)
    for _ in range(50):
        w = w - 1e-4 * A.T @ (0.5 * (1 + np.tanh(A @ w / 2)) - y) / 40
        turned = turned - 1e-4 * (A @ Q).T @ (0.5 * (1 + np.tanh(A @ Q @ turned / 2)) - y) / 40
    np.testing.assert_allclose(A @ w, A @ Q @ turned, atol=1e-9)


@pytest.mark.parametrize(
    ("ours", "library"),
    [
        ({"kind": "momentum"}, lambda p: optim.SGD(p, 0.05, momentum=0.9)),
        ({"kind": "adam"}, lambda p: optim.Adam(p, 0.05)),
        ({"kind": "adam", "decay": 0.3}, lambda p: optim.AdamW(p, 0.05, weight_decay=0.3)),
    ],
)
def test_the_capstone_is_the_librarys_optimizer(ours, library):
    rng = np.random.default_rng(6)
    start = [rng.normal(size=(3, 2)), rng.normal(size=4)]
    mine, theirs = ([nn.Parameter(w.copy()) for w in start] for _ in range(2))
    first, second = Optimizer(mine, lr=0.05, **ours), library(theirs)
    for _ in range(20):
        for a, b in zip(mine, theirs, strict=True):
            a.grad = rng.normal(size=a.data.shape)
            b.grad = a.grad.copy()
        first.step()
        second.step()
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a.data, b.data, atol=1e-10)


class ByParameter(Optimizer):
    """Momentum and Adam in place, each memory under the parameter itself."""

    def step(self):
        """One step."""
        for p in self.params:
            if p.grad is None:
                continue
            if p not in self.memory:
                self.memory[p] = [0, np.zeros_like(p.data), np.zeros_like(p.data)]
            self.memory[p][0] += 1
            t, m, v = self.memory[p]
            m *= self.betas[0]
            m += p.grad if self.kind == "momentum" else (1 - self.betas[0]) * p.grad
            step = m
            if self.kind == "adam":
                v *= self.betas[1]
                v += (1 - self.betas[1]) * p.grad**2
                below = np.sqrt(v / (1 - self.betas[1] ** t)) + self.eps
                step = m / (1 - self.betas[0] ** t) / below
            p.data -= self.lr * (step + self.decay * p.data)


def test_the_capstone_may_keep_its_memory_under_the_parameter():
    assert judge(EXERCISE, ByParameter).status == "correct"
