"""The tongues that messages are weighed in, each with weights of its own.

What surrounds a parcel is said in other ways in each, and a phrase more in one leaves the others as they were. Chinese is seen by its letters; the
others (and Chinese in Latin ones) are told apart by the same words and pieces of words that everything else is learned from.
"""

# As the files of phrases are called, in the order in which their weights are kept.
TONGUES = ("ar", "de", "en", "es", "fr", "pt", "ru", "tr", "zh")
CHINESE = "zh"
ENGLISH = "en"
# In Chinese, four letters make a sentence, and in English most has been written: there is more to tell apart.
BUCKETS = {tongue: 1 << 16 if tongue in (CHINESE, ENGLISH) else 1 << 15 for tongue in TONGUES}
