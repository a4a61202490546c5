"""`python -m aws_conformance` is `aws-conformance`."""

from aws_conformance.cli import main

if __name__ == "__main__":
    main()
