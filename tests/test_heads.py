"""What lesson 05 measures heads with: relations, meanings, repeats, groups of heads."""

import json

import pytest
import torch
from attnlab import head_groups, head_study, meanings, relations, repeats, smollm2
from attnlab.decoder import Decoder, DecoderShape
from attnlab.encoder import Encoder, EncoderShape
from attnlab.relations import REACH, Relation, Sentence, Tally

from autograder import course

NAMES = course.reference_namespace("07_grouped_query")
MHA = course.reference_namespace("04_multi_head")["MultiHeadAttention"]
SENTENCE = Sentence(
    ["old", "dogs", "chase", "cats"], [1, 2, 2, 2], ["amod", "nsubj", "ROOT", "dobj"]
)


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    shape = EncoderShape(23, 12, 2, 6, 6, 2, 15, 9)
    return Encoder(shape, MHA).double().eval().requires_grad_(False)


def test_the_labelled_sentences_are_whole():
    found = relations.sentences()
    assert len(found) == 600
    for each in found:
        assert len(each.words) == len(each.head) == len(each.dep)
        assert [each.head[i] == i for i in range(len(each.head))] == [d == "ROOT" for d in each.dep]
    kept = json.loads((relations.DATA / "wiki_dependencies.json").read_text(encoding="utf-8"))
    assert "CC BY-SA" in kept["text"] and "silver" in kept["labels"]


def test_targets_go_up_to_the_head_or_down_from_it():
    assert relations.targets(SENTENCE, Relation("", "dobj")).tolist() == [-1, -1, -1, 2]
    assert relations.targets(SENTENCE, Relation("", "dobj", up=False)).tolist() == [-1, -1, 3, -1]
    assert relations.targets(SENTENCE, Relation("", "amod")).tolist() == [1, -1, -1, -1]


def test_hits_are_counted_for_heads_and_offsets_and_a_word_is_not_its_own_target():
    maps = torch.zeros(1, 2, 4, 4)  # two heads
    maps[0, 0, 3] = torch.tensor([0.0, 0.1, 0.3, 0.6])  # most on itself, then on the verb
    maps[0, 1, 3] = torch.tensor([0.0, 0.9, 0.1, 0.0])
    counted = relations.tally([maps], [torch.tensor([-1, -1, -1, 2])])
    assert counted.hits.tolist() == [[1, 0]]
    assert counted.counts.tolist() == [1]
    assert counted.offset_hits[0].nonzero().tolist() == [[REACH - 1]]


def test_what_is_chosen_on_one_part_is_scored_on_the_other():
    offsets = torch.zeros(2, 2 * REACH + 1, dtype=torch.long)
    offsets[0, REACH + 2], offsets[1, REACH - 1] = 3, 4
    counted = Tally(torch.tensor([[4, 1], [1, 3]]), offsets, torch.tensor([5, 4]))
    found = relations.choose(counted, torch.tensor([0]), torch.tensor([1]))
    assert (found.head, found.chosen, found.held_out) == (0, pytest.approx(0.8), 0.25)
    assert (found.offset, found.baseline, found.count) == (2, 0.0, 4)


def test_in_questions_of_meaning_place_tells_nothing_in_either_half():
    for questions in meanings.KINDS.values():
        halves = meanings.halves(questions)
        assert sorted(torch.cat(halves).tolist()) == list(range(len(questions)))
        words = []
        for half in halves:
            asked = [questions[i] for i in half]
            assert sum(each.right < each.wrong for each in asked) == len(asked) / 2
            words.append({each.words[i] for each in asked for i in (each.right, each.wrong)})
        assert not words[0] & words[1]


def test_random_tokens_repeat_and_the_seed_draws_them():
    tokens = repeats.repeated(5000, 7, 3, seed=1)
    assert tokens.shape == (3, 14) and torch.equal(tokens[:, :7], tokens[:, 7:])
    assert int(tokens.min()) >= repeats.FIRST_WORD
    assert not torch.equal(tokens, repeats.repeated(5000, 7, 3, seed=2))


def test_alike_heads_come_together_in_equal_groups():
    place = torch.tensor([0.0, 10.0, 1.0, 11.0, 2.0, 13.0])
    distance = (place[:, None] - place).abs()
    groups = head_groups.alike(distance, 2)
    assert sorted(map(sorted, groups)) == [[0, 2, 4], [1, 3, 5]]
    assert all(len({0, 2, 4} & set(group)) == 1 or len(group) == 2 for group in
               head_groups.alike(-distance, 3))  # fmt: skip
    assert head_groups.neighbours(6, 3) == [[0, 1], [2, 3], [4, 5]]
    assert sorted(sum(head_groups.at_random(6, 3, 1), [])) == list(range(6))


def test_reordered_heads_compute_the_same(encoder):
    tokens = torch.randint(23, (2, 5))
    plain = encoder(tokens)
    groups = [head_groups.at_random(6, 6, seed) for seed in (1, 2)]
    own = head_groups.shared(encoder, groups, double, NAMES["pool_kv_heads"])
    torch.testing.assert_close(own(tokens), plain)
    fewer = [head_groups.at_random(6, 2, seed) for seed in (1, 2)]
    converted = head_groups.shared(encoder, fewer, double, NAMES["pool_kv_heads"])
    assert not torch.allclose(converted(tokens), plain)
    torch.testing.assert_close(encoder(tokens), plain)


def double(*sizes, **options):
    return NAMES["GroupedQueryAttention"](*sizes, **options).double()


def test_equal_kv_heads_are_pooled_without_loss_if_they_are_grouped(encoder):
    for layer in encoder.layers:
        for name in ("k_proj", "v_proj"):
            projection = getattr(layer.attention, name)
            for values in (projection.weight, projection.bias):
                values.view(6, 2, -1)[3:] = values.view(6, 2, -1)[:3]  # heads 0 and 3, 1 and 4, ...
    tokens = torch.randint(23, (2, 5))
    right = [[[0, 3], [1, 4], [2, 5]]] * 2
    own = head_groups.shared(encoder, right, double, NAMES["pool_kv_heads"])
    torch.testing.assert_close(own(tokens), encoder(tokens))
    wrong = [head_groups.neighbours(6, 3)] * 2
    own = head_groups.shared(encoder, wrong, double, NAMES["pool_kv_heads"])
    assert not torch.allclose(own(tokens), encoder(tokens))


def test_controls_are_others_of_the_same_layers():
    chosen = [0, 2, 9, 17]
    drawn = head_study.controls(chosen, 9, seed=3)
    assert len(drawn) == 4 and not set(drawn) & set(chosen)
    assert sorted(each // 9 for each in drawn) == [0, 0, 1, 1]


def test_heads_of_a_layer_are_taken_out_alone_and_by_kv_head():
    torch.manual_seed(0)
    shape = DecoderShape(1100, 12, 2, 4, 2, 4, 15)
    model = Decoder(shape, NAMES["GroupedQueryAttention"]).eval().requires_grad_(False)
    lost = head_study.one_layer(model, layer=1)
    assert [len(lost[name]) for name in ("none", "alone", "together")] == [1, 4, 2]
    values = model.layers[1].attention.o_proj.weight
    for name, i, columns in (("alone", 1, slice(4, 8)), ("together", 1, slice(8, 16))):
        kept = values.clone()
        values[:, columns] = 0
        assert head_study.one_layer(model, layer=1)["none"] == [lost[name][i]] != lost["none"]
        values.copy_(kept)


def test_what_the_lesson_says_of_three_induction_heads():
    kept = head_study.found("one layer", smollm2.NAME)
    (whole,) = kept["none"]
    cost = [round(each - whole, 1) for each in kept["together"]]
    assert cost == [0.4, 1.3, 0.3]
    alone = [each - whole for each in kept["alone"]]
    assert max(alone) == alone[3] > 1 and abs(alone[4]) < 0.05
    runs = head_study.found("induction", smollm2.NAME)
    scores = torch.tensor([each["scores"] for each in runs]).mean(0)[17 * 9 : 18 * 9]
    assert sorted(scores.topk(3).indices.tolist()) == [3, 4, 5] and scores[4] > scores[3]


def test_windows_keep_as_many_keys_with_sinks_as_without():
    masks = head_study.window_masks(10, window=4, sinks=2)
    assert masks["window"].sum(1).tolist() == [1, 2, 3, 4, 4, 4, 4, 4, 4, 4]
    assert masks["window and sinks"].sum(1).tolist() == masks["window"].sum(1).tolist()
    assert masks["window and sinks"][9].nonzero()[:, 0].tolist() == [0, 1, 8, 9]
    assert masks["all"].sum() == 55
