"""What the pages of 获得电力 read, by noun: lists and totals over cases, events and records."""
