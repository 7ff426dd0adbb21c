"""What `make models` makes: one module a result, each with `SEEDS` and `make(seeds)`."""
