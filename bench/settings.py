"""The product's settings with one more address: a bare view to compare pages with."""

from kesu.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
