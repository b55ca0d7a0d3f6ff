"""A safety governor between an LLM planner and a robot's actuators."""

from pkgutil import extend_path

# The generated messages (iatro_governor.msg, .srv) live in the install tree, the code may run from a checkout.
__path__ = extend_path(__path__, __name__)
__version__ = "0.1.0"
