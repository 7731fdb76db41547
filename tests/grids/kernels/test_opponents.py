"""The opponents of the bench answer the same question as the lanes, so the bench compares like with like."""

from tests.bench.kernels import CATEGORY_COUNT, by_scipy, lanes, metropolis_question, scalar
from tests.bench.metropolis import build_metropolis
from tests.bench.scalar import FAR, bucket_walks, heap_walks


def test_lanes_scipy_and_two_scalar_kernels_agree_on_a_small_metropolis():
    question, _ = metropolis_question(build_metropolis(45), prepare_rounds=1)
    answer = lanes(question)
    assert answer.shape == (CATEGORY_COUNT, question.graph.node_count)
    assert 0 < (answer < FAR).mean() < 1
    assert (answer == by_scipy(question, keep=True)).all()
    assert (answer == scalar(bucket_walks, question, keep=True)).all()
    assert (answer == scalar(heap_walks, question, keep=True)).all()


def test_the_metropolis_is_the_same_every_time():
    first, second = build_metropolis(30), build_metropolis(30)
    assert first.edge_length_dm.sum() == second.edge_length_dm.sum()
    assert (first.buildings.edge == second.buildings.edge).all()
    assert first.edge_length_dm.min() >= 600
    assert first.edge_length_dm.max() <= 1610
