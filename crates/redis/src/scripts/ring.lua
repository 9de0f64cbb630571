-- Tells everybody who is subscribed to KEYS[1]. What is said is empty: the ring itself is the news.
return redis.call('PUBLISH', KEYS[1], '')
