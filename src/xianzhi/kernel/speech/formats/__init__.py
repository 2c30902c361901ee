"""How dates stand in each language where a page prints one without further ado."""
