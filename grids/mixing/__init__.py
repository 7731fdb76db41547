"""Mixed residence: figures of the stock, of sealed rounds and of published tables."""
