"""The forms: text from people, turned into the values the stages work with; one module per stage."""
