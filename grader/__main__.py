"""`python -m grader`: the command line; without typer, its students' part on argparse."""

try:
    import typer  # noqa: F401
except ImportError:
    from grader.plain_cli import main
else:
    from grader.cli import main

if __name__ == "__main__":
    main()
