"""``lodestone game``: what it returns, and that every fault of a file is told with its row and nothing is repaired."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lodestone.coordinate.game import make_game
from lodestone.coordinate.nucleolus import nucleolus
from tests.cli.command import told_by

HEAD = "coalition,value\n"
BUYERS = Path("examples/game/three-buyers.csv")


def run(capsys, tmp_path, text, *words, name="game.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return told_by(capsys, "game", str(path), *words)


def test_every_share_comes_by_member_with_the_core_and_its_epsilon(capsys):
    code, out, _ = told_by(capsys, "game", str(BUYERS), "--json")
    told = json.loads(out)
    assert code == 0
    assert told["shapley_value"] == pytest.approx({"North": 850 / 3, "East": 1450 / 3, "West": 2290 / 3})
    assert told["nucleolus"] == pytest.approx({"North": 180, "East": 395, "West": 955})
    assert told["per_capita_nucleolus"] == pytest.approx({"North": 120, "East": 425, "West": 985})
    assert told["least_core"]["epsilon"] == pytest.approx(-180)
    assert told["core"]["empty"] is False
    assert sum(told["core"]["point"].values()) == pytest.approx(1530)
    assert told["superadditive"] is True
    assert told["convex"] is False
    assert told["blocking"]["equal"] == {"count": 1, "worst": [{"coalition": ["East", "West"], "excess": 150.0}]}
    assert told["exit"]["equal"]["temptation"] == {"North": -510, "East": -510, "West": -510}


def test_an_empty_core_is_an_answer(capsys, tmp_path):
    text = HEAD + "A,0\nB,0\nC,0\nA+B,0.8\nA+C,0.8\nB+C,0.8\nA+B+C,1\n"
    code, out, _ = run(capsys, tmp_path, text, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["core"] == {"empty": True, "point": None}
    assert told["least_core"]["epsilon"] == pytest.approx(2 / 15)
    code, out, _ = run(capsys, tmp_path, text)
    assert code == 0
    assert "The core is EMPTY" in out
    assert "0.133333" in out


@pytest.mark.parametrize(
    "held",
    [
        [["A", 1], ["B", 2], ["B+A", 5]],
        [{"coalition": ["A"], "value": 1}, {"coalition": "B", "value": 2}, {"coalition": ["A", "B"], "value": 5}],
        {"coalitions": [["A"], ["B"], ["A", "B"], []], "values": [1, 2, 5, 0]},
    ],
)
def test_json_lists_are_the_same_game(capsys, tmp_path, held):
    code, out, _ = run(capsys, tmp_path, json.dumps(held), "--json", name="game.json")
    assert code == 0
    assert json.loads(out)["shapley_value"] == pytest.approx({"A": 2, "B": 3})


def test_costs_become_savings_and_keys_and_outside_values_come_from_files(capsys, tmp_path):
    weights, outside = tmp_path / "keys.csv", tmp_path / "outside.csv"
    weights.write_text("member,use\nB,3\nA,1\n", encoding="utf-8")
    outside.write_text("member,outside\nA,2\nB,-1\n", encoding="utf-8")
    words = ("--costs", "--json", "--weights", str(weights), "--outside", str(outside))
    code, out, _ = run(capsys, tmp_path, HEAD + "A,3\nB,4\nA+B,5\n", *words)
    told = json.loads(out)
    assert code == 0
    assert told["value"] == 2
    assert told["use"] == pytest.approx({"A": 0.5, "B": 1.5})
    assert told["exit"]["use"]["deposit"] == pytest.approx({"A": 1.5, "B": 0})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + "A,0\nB,x\nA+B,3\n", ["game.csv:3 [value]: 'x' is not a finite number"]),
        (
            HEAD + "A,0\nB,1e-250\nA+B,1e250\n",
            ["game.csv:3 [value]: 1e-250 is not 0", "game.csv:4 [value]: 1e+250 is not 0"],
        ),
        (HEAD + "A,0\nB,nan\nA+B,\n", ["game.csv:3 [value]: 'nan'", "game.csv:4 [value]: the cell is empty"]),
        (HEAD + "A,0\nB,0\n", ["[coalition]: no value for A+B"]),
        (HEAD + "A,0\nB,0\nA+B,1\nB+A,2\n", ["game.csv:5 [coalition]: A+B stands in row 4 already"]),
        (HEAD + "A,0\nB,0\nA+,1\n", ["game.csv:4 [coalition]: 'A+' has a member without a name"]),
        (HEAD + "A,0\nB,0\nA+B,1\nA+A,1\n", ["game.csv:5 [coalition]: 'A+A' names a member twice"]),
        (HEAD + "A,0\nB,0\nA+B,1\n,1\n", ["game.csv:5 [value]: nobody is worth 1"]),
        (HEAD + "A,2\nB,2\nA+B,3\n", ["game.csv:4 [value]: A+B is worth 3, 1 less than B (2) and A (2) apart"]),
        (HEAD + "A,2\nB,2\nA+B,3\nC,x\n", ["1 less than", "'x' is not", "no value for A+B+C"]),
        (HEAD + "A,1\n", ["1 members are named"]),
        ("a,b\n1,2\n", ["no column 'value'", "column 'a' is not known"]),
        ("", ["the file is empty"]),
        (HEAD + "".join(f"m{i},0\n" for i in range(6)), ["no value for m0+m1", "no value for 37 more of the 63"]),
        (HEAD + "+".join(f"m{i}" for i in range(21)) + ",1\n", ["21 members are named"]),
    ],
)
def test_all_faults_come_together_with_their_rows(capsys, tmp_path, text, told):
    code, out, err = run(capsys, tmp_path, text)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    for part in told:
        assert part in err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("3", "no list of coalitions"),
        ('{"A": 1}', "no list of coalitions"),
        ('{"members": ["A", "B"], "values": [0, 0, 0, 1]}', "no list of coalitions"),
        ('{"coalitions": [["A"]], "values": []}', "1 coalitions and 0 values"),
        ('[["A", 1], ["B", 1], ["A+B", "2"]]', "game.json:3 [value]: 2 is not a finite number"),
        ('[["A", 1], ["B", 1], ["A+B", true]]', "game.json:3 [value]: True is not"),
        ('[["A", 1], ["B", NaN], ["A+B", 1e999]]', "game.json:2 [value]: NaN is not"),
        ('[["A", 1], ["B", 1], [7, 3]]', "game.json:3 [coalition]: 7 is no coalition"),
        ('[["A", 1], ["B", 1], ["A+B"]]', "game.json:3: neither a pair nor an object"),
    ],
)
def test_json_of_another_form_is_told(capsys, tmp_path, text, told):
    code, out, err = run(capsys, tmp_path, text, name="game.json")
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert told in err


@pytest.mark.parametrize(
    ("option", "text", "told"),
    [
        ("--weights", "member,use\nA,1\nX,2\n", ["'X' is no member", "B has 0 rows"]),
        ("--weights", "member,use\nA,1\nB,-2\n", ["-2 is outside 0 to inf"]),
        ("--weights", "member,use\nA,0\nB,0\n", ["divide nothing"]),
        ("--weights", "member\nA\nB\n", ["no column of numbers"]),
        ("--outside", "member,elsewhere\nA,1\nB,2\n", ["Write the columns member,outside"]),
    ],
)
def test_files_beside_a_game_are_checked(capsys, tmp_path, option, text, told):
    beside = tmp_path / "beside.csv"
    beside.write_text(text, encoding="utf-8")
    code, out, err = run(capsys, tmp_path, HEAD + "A,1\nB,2\nA+B,5\n", option, str(beside))
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    for part in told:
        assert part in err


def test_values_that_are_not_superadditive_are_taken_when_asked_and_said(capsys, tmp_path):
    text = HEAD + "A,2\nB,2\nA+B,3\n"
    code, out, _ = run(capsys, tmp_path, text, "--as-given", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["superadditive"] is False
    assert "nucleolus" not in told
    assert "4 alone and 3 together" in told["missing"]["nucleolus"]
    held = make_game("AB", {"A": 2, "B": 2, "A+B": 3})
    assert list(told["prenucleolus"].values()) == pytest.approx(nucleolus(held, individually_rational=False).tolist())
    code, out, _ = run(capsys, tmp_path, text, "--as-given")
    assert "NOT superadditive" in out
