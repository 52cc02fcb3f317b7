# Subjects of the tier large: the sample's sums in place, with indices of 64 and of 32 bits.

NARROW := narrow64 narrow32 narrow32-bytes

$B/large/narrow64.so: INDEX := int64_t
$B/large/narrow32.so: INDEX := int32_t
$B/large/narrow32-bytes.so: INDEX := int32_t -DBYTES=1

$B/large/%.so: tests/large/narrow.c $(wildcard adapters/*.h)
	@mkdir -p $(@D)
	$(COMPILE) $(SUBJECT) -DINDEX=$(INDEX) $< -o $@ -lm

compiled-tests: $(NARROW:%=$B/large/%.so)

# Tensors of 2 GiB; a minute, and 7 GiB of memory.
check-large: all $(NARROW:%=$B/large/%.so)
	CONV2D_LARGE=1 prove tests/large

.PHONY: check-large
