"""Every check of the Makefile fails on a fault planted in a copy of the tree, and passes without."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
OPTIONS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {
    contract["name"]: contract for contract in OPTIONS["tool"]["importlinter"]["contracts"]
}
TOOLS = {"ruff", "mypy", "django-stubs", "djlint", "pytest", "coverage", "importlinter"}

PARTS = [
    "Makefile",
    "pyproject.toml",
    "manage.py",
    "nuanxin",
    "config",
    "scripts",
    "data/catalogue",
]
PARTS += ["docs/openapi.json", "tests/__init__.py", "tests/conftest.py", "frontend/dist"]
PARTS += [f"frontend/{name}" for name in ("src", "scripts", "package.json", "tsconfig.json")]
PARTS += ["frontend/biome.json", "frontend/vite.config.ts", "frontend/tests"]
# built already by whoever runs the tests; a copy of the tree only borrows it
BORROWED = {".venv": Path(sys.prefix), "frontend/node_modules": ROOT / "frontend" / "node_modules"}
BUILT = [".venv/.dev", "frontend/dist/manifest.json", "frontend/node_modules/.installed"]
BUILT += ["locale/.compiled"]

pytestmark = pytest.mark.skipif(
    not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
    reason="no check asks the database: the run on SQLite is enough",
)


class Outcome(NamedTuple):
    """How a command ended and everything it printed."""

    passed: bool
    text: str


class Tree:
    """A copy of the parts of the tree that the checks read."""

    def __init__(self, home: Path) -> None:
        self.home = home / "tree"
        self._var = home / "var"
        for part in PARTS:
            (self.home / part).parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / part).is_dir():
                shutil.copytree(
                    ROOT / part, self.home / part, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                shutil.copy2(ROOT / part, self.home / part)
        for name, lender in BORROWED.items():
            (self.home / name).symlink_to(lender)

    def plant(self, path: str, text: str) -> None:
        """Add lines to the end of a file; make the file when there is none."""
        place = self.home / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("a", encoding="utf-8") as file:
            file.write(text)

    def change(self, path: str, old: str, new: str) -> None:
        """Replace a text that stands in a file."""
        text = (self.home / path).read_text(encoding="utf-8")
        assert old in text
        (self.home / path).write_text(text.replace(old, new), encoding="utf-8")

    def make(self, target: str) -> Outcome:
        """Run a target of the Makefile, with everything that is built taken as built."""
        return self.run("make", "--no-print-directory", *(f"-o{name}" for name in BUILT), target)

    def run(self, *command: str) -> Outcome:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        done = subprocess.run(
            command,
            cwd=self.home,
            env=kept | {"NUANXIN_VAR": str(self._var), "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        return Outcome(done.returncode == 0, done.stdout)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


# --- nothing planted, nothing found ---


@pytest.mark.parametrize(
    "target",
    ["lint", "arch", "templates", "migrations-check", "openapi-check", "floor", "frontend-test"],
)
def test_check_of_the_unplanted_tree_passes(tree, target):
    passed, text = tree.make(target)

    assert passed, text


# --- ruff ---

_STATEMENTS = "".join(f"    x = {number}\n" for number in range(41))
_BRANCHES = "".join(f"    if x == {number}:\n        x += 1\n" for number in range(11))
# one fault for each family of rules the configuration selects
LINT_FAULTS = {
    "A": ("A001", "id = 1\n"),
    "B": ("B006", "def f(x=[]):\n    return x\n"),
    "BLE": ("BLE001", "try:\n    x = 1\nexcept Exception:\n    x = 2\n"),
    "C4": ("C411", 'x = list([y for y in "ab"])\n'),
    "C90": ("C901", f"def f(x):\n{_BRANCHES}"),
    "D": ("D103", "def f():\n    return 1\n"),
    "DJ": (
        "DJ001",
        "from django.db.models import Model, TextField\n\n\nclass X(Model):\n    x = TextField(null=True)\n",
    ),
    "DTZ": ("DTZ005", "import datetime as dt\n\nx = dt.datetime.now()\n"),
    "E": ("E711", "x = 1\ny = x == None\n"),
    "EM": ("EM101", 'raise ValueError("no")\n'),
    "F": ("F401", "import os\n"),
    "G": ("G004", 'import logging\n\nlogging.info(f"{1}")\n'),
    "I": ("I001", "import sys\nimport os\n"),
    "INP": ("INP001", "x = 1\n"),
    "ISC": ("ISC001", 'x = "a" "b"\n'),
    "N": ("N802", "def Loud():\n    return 1\n"),
    "PIE": ("PIE790", 'def f():\n    """Do it."""\n    pass\n'),
    "PLR0915": ("PLR0915", f"def f():\n{_STATEMENTS}"),
    "PT": (
        "PT006",
        'import pytest\n\n\n@pytest.mark.parametrize("a,b", [(1, 2)])\ndef test_f(a, b):\n    pass\n',
    ),
    "RET": ("RET505", "def f(x):\n    if x:\n        return 1\n    else:\n        return 2\n"),
    "RUF": ("RUF005", "x = [1]\ny = [0] + x\n"),
    "S": ("S301", 'import pickle\n\npickle.loads(b"")\n'),
    "SIM": ("SIM118", "x = {1: 1}\ny = 1 in x.keys()\n"),
    "T20": ("T201", "print(1)\n"),
    "TID": ("TID252", "from .models import Union\n"),
    "UP": ("UP035", "from typing import List\n"),
    "W": ("W291", "x = 1 \n"),
}
_FINDING = re.compile(r"^([A-Z]+[0-9]+) .*?^ *--> (\S+?):\d+:\d+$", re.MULTILINE | re.DOTALL)


def test_lint_every_selected_family_has_its_fault():
    assert set(OPTIONS["tool"]["ruff"]["lint"]["select"]) == set(LINT_FAULTS)


def test_lint_finds_a_fault_of_every_family(tree):
    for family, (_code, text) in LINT_FAULTS.items():
        folder = "nuanxin/attic" if family == "INP" else "nuanxin/unions"
        tree.plant(f"{folder}/planted_{family.lower()}.py", text)

    passed, text = tree.make("lint")

    found = {(code, Path(path).stem) for code, path in _FINDING.findall(text)}
    planted = {(code, f"planted_{family.lower()}") for family, (code, _text) in LINT_FAULTS.items()}
    assert not passed
    assert planted - found == set()


def test_lint_finds_what_rules_may_not_import(tree):
    banned = OPTIONS["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    modules = ("services", "selectors", "models", "policies")
    for module in modules:
        tree.plant(f"nuanxin/unions/{module}.py", "".join(f"import {name}\n" for name in banned))

    passed, text = tree.make("lint")

    found = re.findall(r"TID251 `([a-z.]+)` is banned: .*\n *--> nuanxin/unions/(\w+)\.py", text)
    assert not passed
    assert set(found) == {(name, module) for name in banned for module in modules}


def test_lint_finds_a_format_of_ones_own(tree):
    tree.plant("nuanxin/unions/planted.py", 'x = {"a": 1,\n     "b": 2}\n')

    passed, text = tree.make("lint")

    assert not passed
    assert "File would be reformatted\n --> nuanxin/unions/planted.py" in text


def test_lint_refuses_a_setting_it_does_not_know(tree):
    tree.plant("pyproject.toml", '[tool.ruff.lintt]\nselect = ["ALL"]\n')

    passed, text = tree.make("lint")

    assert not passed
    assert "unknown field `lintt`" in text


# --- configuration that no tool reads ---


def unread_tables(options: dict[str, Any]) -> set[str]:
    """Return the tables of a pyproject.toml that no tool of ours would read."""
    return {name for name in options if name not in ("project", "tool")} | {
        f"tool.{name}" for name in options["tool"] if name not in TOOLS
    }


def test_configuration_every_table_has_its_reader():
    assert unread_tables(OPTIONS) == set()


def test_configuration_table_without_a_reader_is_found():
    stray = OPTIONS | {"ruff": {"lint": {}}, "tool": OPTIONS["tool"] | {"rufff": {}}}

    assert unread_tables(stray) == {"ruff", "tool.rufff"}


# --- mypy ---

TYPE_FAULTS = {
    "misc": "Union(code='33', kind=None)",
    "assignment": "code: int = Union().code",
    "attr-defined": "Union().nobody",
    "no-untyped-def": "def f(x): ...",
    "ignore-without-code": "x: int = ''  # type: ignore",
    "truthy-bool": "if Union(): ...",
}


def test_types_finds_what_is_planted_and_nothing_else(tree):
    lines = ["from nuanxin.unions.models import Union", *TYPE_FAULTS.values()]
    tree.plant("nuanxin/unions/planted.py", "\n".join(lines))

    # the command of `make types`, for one file and all it imports
    passed, text = tree.run(".venv/bin/mypy", "nuanxin/unions/planted.py")

    found = re.findall(r"^(\S+?):(\d+): error: .*\[([a-z-]+)\]$", text, re.MULTILINE)
    assert not passed
    assert found == [
        ("nuanxin/unions/planted.py", str(number), code)
        for number, code in enumerate(TYPE_FAULTS, start=2)
    ]


# --- import-linter ---

ARCH_FAULTS = {
    "rooms depend in one direction": ("regions/selectors.py", "import nuanxin.stations.models"),
    "inside a room": ("stations/selectors.py", "import nuanxin.stations.views"),
    "algorithms know nothing of Django": ("algorithms/geo.py", "import django.utils.timezone"),
    "rules know nothing of pages": ("stations/services.py", "import ninja"),
    "rooms do not read the configuration package": ("core/clock.py", "import config.env"),
}


def test_arch_every_contract_has_its_fault():
    assert set(CONTRACTS) == set(ARCH_FAULTS)


@pytest.mark.parametrize("contract", ARCH_FAULTS)
def test_arch_finds_an_import_that_breaks_a_contract(tree, contract):
    path, line = ARCH_FAULTS[contract]
    tree.plant(f"nuanxin/{path}", f"{line}\n")

    passed, text = tree.make("arch")

    assert not passed
    assert re.findall(r"^(.+) BROKEN$", text, re.MULTILINE) == [contract]


def test_arch_finds_a_room_that_has_no_place(tree):
    tree.plant("nuanxin/attic/__init__.py", "")

    passed, text = tree.make("arch")

    assert not passed
    assert "nuanxin.attic" in text


def test_arch_contracts_name_every_room_and_its_rules():
    rooms = {path.parent.name for path in ROOT.glob("nuanxin/*/models.py")} - {"core"}
    rules = {
        f"nuanxin.{room}.{module}"
        for room in rooms
        for module in ("services", "selectors", "models")
        if (ROOT / "nuanxin" / room / f"{module}.py").exists()
    }

    assert rooms == {
        container.removeprefix("nuanxin.") for container in CONTRACTS["inside a room"]["containers"]
    }
    assert rules == set(CONTRACTS["rules know nothing of pages"]["source_modules"])


# --- templates, migrations, the API's description ---


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<div>\n", "H025"),
        ("<p>{{nobody}}</p>\n", "T001"),
        ('<a href="/s/">a</a>\n', "D018"),
    ],
)
def test_templates_finds_a_fault(tree, text, code):
    tree.plant("nuanxin/stations/templates/stations/planted.html", text)

    passed, text = tree.make("templates")

    assert not passed
    assert re.search(rf"planted\.html\n.*\n{code} ", text)


def test_migrations_check_finds_a_model_that_changed(tree):
    tree.change("nuanxin/unions/models.py", "max_length=120", "max_length=121")

    passed, text = tree.make("migrations-check")

    assert not passed
    assert "Alter field" in text


def test_openapi_check_finds_a_copy_that_changed(tree):
    tree.change("docs/openapi.json", '"title": "Nuanxin"', '"title": "Nuanxim"')

    passed, text = tree.make("openapi-check")

    assert not passed
    assert '+  "title": "Nuanxin"' in text


# --- the front end ---


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("planted.css", "a{display:flex;gap:4px}", "planted.css: gap outside a grid"),
        ("planted.css", "a:has(b){color:red}", "planted.css: :has()"),
        ("planted.js", "class A { static {} }", "planted.js: syntax newer than ES2021"),
        ("planted.js", "structuredClone({})", "planted.js: structuredClone"),
    ],
)
def test_floor_finds_what_old_browsers_lack_in_the_built_bundle(tree, name, text, fault):
    tree.plant(f"frontend/dist/bundle/{name}", text)

    passed, text = tree.make("floor")

    assert not passed
    assert fault in text


def test_floor_refuses_to_judge_an_empty_bundle(tree):
    shutil.rmtree(tree.home / "frontend" / "dist" / "bundle")
    (tree.home / "frontend" / "dist" / "bundle").mkdir()

    passed, text = tree.make("floor")

    assert not passed
    assert "nothing is built" in text


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("src/planted.ts", 'export const x: number = "a";\n', "TS2322"),
        ("src/planted.ts", "debugger;\n", "noDebugger"),
        ("src/planted.css", "a{color:red}\n", "format"),
        (
            "tests/planted.test.ts",
            'import { expect, it } from "vitest";\n\nit("fails", () => expect(1).toBe(2));\n',
            "planted.test.ts > fails",
        ),
    ],
)
def test_frontend_test_finds_a_fault(tree, path, text, fault):
    tree.plant(f"frontend/{path}", text)

    passed, text = tree.make("frontend-test")

    assert not passed
    assert fault in text


# --- the test run itself ---

STRICT = """
import socket
import warnings

import pytest


def test_warning_fails():
    warnings.warn("old", DeprecationWarning, stacklevel=1)


def test_network_fails():
    socket.create_connection(("192.0.2.1", 80), timeout=1)


@pytest.mark.xfail
def test_unexpected_pass_fails():
    pass


def test_database_without_asking_fails():
    from django.contrib.auth import get_user_model

    get_user_model().objects.count()


def test_that_is_fine_passes():
    pass
"""


def test_test_run_is_strict(tree):
    tree.plant("tests/test_planted.py", STRICT)

    # the command of `make test`, in one process
    passed, text = tree.run(".venv/bin/pytest", "-q")

    failed = set(re.findall(r"^_+ (test_\w+) _+$", text, re.MULTILINE))
    assert not passed
    assert failed == set(re.findall(r"def (test_\w+_fails)", STRICT))


def test_test_run_refuses_an_unknown_marker(tree):
    tree.plant("tests/test_planted.py", "import pytest\n\npytestmark = pytest.mark.slwo\n")

    passed, text = tree.run(".venv/bin/pytest", "--collect-only", "-q")

    assert not passed
    assert "'slwo' not found in `markers` configuration option" in text
