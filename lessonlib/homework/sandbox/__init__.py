"""The untrusted process: what runs a student's code, closed off from everything else."""
