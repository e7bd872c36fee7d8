"""How many copies there are, and what keeps them apart: autoscalers, disruption budgets, topology spread."""
