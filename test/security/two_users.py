"""Two processes of two users on a network of their own, one talking, one listening: does one hear the other?

Run by root as ``unshare --net python -m test.security.two_users PATIENCE TALKER LISTENER [talk|listen]``, users as
numbers, with the environment to be tried; the last word names the one that goes without FASTDDS_BUILTIN_TRANSPORTS.
Prints how many messages were heard: ENOUGH, or what came within PATIENCE seconds once the talker was found.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import Any

ENOUGH = 5


def together(patience: str, talker: str, listener: str, without: str = "") -> int:
    """Both of them on a network that has this machine alone; the exit code of the listener."""
    from test.own_network import loopback_up  # the two themselves are run by their file, and do not find it

    loopback_up()
    with tempfile.TemporaryDirectory() as logs:
        os.chmod(logs, 0o777)
        environment = {**os.environ, "HOME": logs, "ROS_LOG_DIR": f"{logs}/of_root"}
        bare = {name: value for name, value in environment.items() if name != "FASTDDS_BUILTIN_TRANSPORTS"}
        given = {role: bare if role == without else environment for role in ("talk", "listen")}
        own_name = [sys.executable, __file__]
        with subprocess.Popen([*own_name, "talk", talker, logs], env=given["talk"]) as talking:
            code = subprocess.call([*own_name, "listen", listener, logs, patience], env=given["listen"])
            talking.terminate()
    return code


def node_of(user: int, logs: str) -> tuple[Any, Any]:
    """A node of ``user``, and rclpy. A first one is root's: what Python loads for it, others may be unable to read."""
    import rclpy
    from std_msgs.msg import String

    rclpy.init()
    rclpy.create_node("first").create_publisher(String, "first", 1)
    rclpy.shutdown()
    os.umask(0o077)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    os.environ["ROS_LOG_DIR"] = f"{logs}/of_{user}"
    rclpy.init()
    return rclpy.create_node(f"of_{user}"), rclpy


def talk(user: str, logs: str) -> None:
    """Talk until somebody ends this."""
    from std_msgs.msg import String

    node, rclpy = node_of(int(user), logs)
    publisher = node.create_publisher(String, "words", 10)
    while True:
        publisher.publish(String(data="words"))
        rclpy.spin_once(node, timeout_sec=0.05)


def listen(user: str, logs: str, patience: str) -> None:
    """Print how much was heard."""
    from std_msgs.msg import String

    node, rclpy = node_of(int(user), logs)
    heard: list[object] = []
    node.create_subscription(String, "words", heard.append, 10)
    while not node.count_publishers("words"):
        rclpy.spin_once(node, timeout_sec=0.05)
    end = time.monotonic() + float(patience)
    while len(heard) < ENOUGH and time.monotonic() < end:
        rclpy.spin_once(node, timeout_sec=0.05)
    print(f"heard {len(heard)}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["talk", user, logs]:
            talk(user, logs)
        case ["listen", user, logs, patience]:
            listen(user, logs, patience)
        case [patience, talker, listener, *without]:
            sys.exit(together(patience, talker, listener, *without))
