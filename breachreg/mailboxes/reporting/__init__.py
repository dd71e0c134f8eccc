"""The reporting address: what comes in, is read, grouped, judged and acknowledged."""
