"""`python -m grader`, and the console script: what `plain_cli` understands, else typer's part."""

import sys


def main() -> None:
    """Run the command line."""
    from grader import plain_cli

    plain_cli.try_to_run(sys.argv[1:])
    try:
        import typer  # noqa: F401
    except ImportError:
        plain_cli.main()
    else:
        from grader import cli

        cli.main()


if __name__ == "__main__":
    main()
