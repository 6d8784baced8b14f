"""运行全部检查与测试，或把参数交给 pytest · all checks and tests, or pytest's own arguments [--pg]"""

from __future__ import annotations

import importlib.util


def main(argv: list[str]) -> int:
    """Runs everything, or one pytest with the arguments given."""
    from kesu.config import testrun

    if importlib.util.find_spec("pytest") is None:
        print("请用 ./kesu test 启动，它会安装测试所需的包。 / Use ./kesu test: it installs what the tests need.")
        return 1
    return testrun.run(argv)
