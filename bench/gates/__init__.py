"""Peers on the task of ``bench.peers_task``, one a file, each built as its own documents say."""
