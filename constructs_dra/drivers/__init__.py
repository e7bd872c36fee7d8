"""The catalogue: what each public DRA driver publishes."""
