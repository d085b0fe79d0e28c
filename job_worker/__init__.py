"""Work in the background: what takes longer than a page should wait for, and what has its time.

Jobs are ordered by `exchange_domain.jobs`, in the transaction of what they are for, and done here at least once.
"""
