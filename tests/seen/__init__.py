"""What does your Windows do? `python -m tests.seen` tries what this project teaches, each in one small experiment."""
