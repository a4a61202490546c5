"""The command line: `aws-conformance`.

Nothing heavy is imported here or at the top of a command's module: `--help` answers at once.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, Final

import click

from aws_conformance import __version__
from aws_conformance.cli.cases import cases
from aws_conformance.cli.cleanup import cleanup
from aws_conformance.cli.extract import extract
from aws_conformance.cli.output import complain
from aws_conformance.cli.report import report
from aws_conformance.cli.run import run
from aws_conformance.cli.selftest import selftest
from aws_conformance.cli.serve import serve
from aws_conformance.cli.specs import specs
from aws_specs.errors import ConformanceError, TargetError

USAGE: Final = 2
UNREACHABLE: Final = 3
STOPPED: Final = 4
DEFECT: Final = 70

_NAME: Final = "aws-conformance"
_COMPLETION: Final = "_AWS_CONFORMANCE_COMPLETE"
"""Set by the shell when it asks for completions; click answers."""

_EPILOG: Final = """\b
Exit codes:
  0  conforms, or every finding is in the baseline
  1  findings, or stale entries in the baseline
  2  usage, configuration or page error
  3  target unreachable, nothing decided, or an operation undecided
  4  stopped, by budget or by hand
"""


class App(click.Group):
    """The group of commands; it turns whatever goes wrong into a message and an exit code."""

    def main(  # type: ignore[override]  # click's overloads are about standalone_mode alone
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,
    ) -> Any:
        """Run a command and exit with its code."""
        if _COMPLETION in os.environ:
            return super().main(args, prog_name, **extra)
        _prepare_streams()
        given = list(sys.argv[1:] if args is None else args)
        sys.exit(_finish(self._run(given, prog_name or _NAME)))

    def _run(self, args: list[str], prog_name: str) -> int:
        try:
            with self.make_context(prog_name, args) as context:
                return int(self.invoke(context) or 0)
        except click.exceptions.Exit as ended:
            return int(ended.exit_code)
        except click.ClickException as error:
            error.show()
            return USAGE
        except ConformanceError as error:
            complain(error)
            return UNREACHABLE if isinstance(error, TargetError) else USAGE
        except (KeyboardInterrupt, click.Abort):
            click.echo("stopped", err=True)
            return STOPPED
        except BrokenPipeError:
            return without_stdout()
        except OSError as error:
            name = f"{error.filename}: " if error.filename else ""
            click.echo(f"error: {name}{error.strerror or error}", err=True)
            return USAGE
        except Exception:
            traceback.print_exc()
            click.echo("This is a defect of aws-conformance itself; please report it.", err=True)
            return DEFECT


def _prepare_streams() -> None:
    """Let no text break a stream that cannot encode it, whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _finish(code: int) -> int:
    """Flush what was written, so that a reader that has gone is noticed here and not at exit."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        without_stdout()
    return code


def without_stdout() -> int:
    """Go on without a reader, as `| head` leaves us."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
    return 0


@click.group(
    cls=App,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name=_NAME)
def main() -> None:
    """Test whether an AWS-compatible API honours what the documentation says.

    Reads the documentation of AWS operations, makes requests that keep and that break each of its
    rules, sends them to a target, and reports every rule the target breaks.

    \b
    Start here, no account needed:
      aws-conformance run                                # the built-in emulator
      aws-conformance run --target http://localhost:4566 # your own endpoint
      aws-conformance specs list                         # what is tested
    """


for _command in (run, cleanup, report, serve, specs, cases, extract, selftest):
    main.add_command(_command)
