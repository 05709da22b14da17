"""Which PostgreSQL: one named in the environment, or one that this folder runs for the project.

As a Django engine (`config.database`) it is the ordinary PostgreSQL backend whose first connection
starts the embedded server when it is not up; see `base`, `cluster` and `keeper`.
"""
