"""`python -m lockstep COMMAND`."""

from lockstep.cli.commands import main

if __name__ == "__main__":
    main()
