"""The forms: text from people turned into values the stages take; one module per stage."""
