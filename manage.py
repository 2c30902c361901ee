#!/usr/bin/env python
"""Django's own entry point; `xianzhi` is the same under the product's name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

from xianzhi.site.commands import main

if __name__ == "__main__":
    main()
