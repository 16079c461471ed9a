"""News text to candidates: language, numbers, dates, figures and stages of acts, by rules that have ids."""
