## In the template's own repository
.PHONY: test-template test-all lock-template

test-template: .venv/.template.stamp  ## types, imports, and the machinery's quick tests
	mypy --config-file template/mypy.ini
	lint-imports template/importlinter.toml
	pytest template/tests -m 'not whole and not slow'

test-all: .venv/.template.stamp  ## types, imports, and every test of the machinery: servers, kills, rendering
	mypy --config-file template/mypy.ini
	lint-imports template/importlinter.toml
	pytest template/tests -m 'not slow'

lock-template:  ## lock what the template's tests need (needs uv); `make lock` first
	uv pip compile template/requirements.in -c requirements.lock -c requirements-dev.lock $(LOCK) \
		-o template/requirements.lock $(call leave-out,requirements.lock requirements-dev.lock)

.venv/.template.stamp: .venv/.test.stamp template/requirements.lock
	@echo 'installing what the tests of the template need (template/requirements.lock)'
	@$(INSTALL) -r requirements.lock -r requirements-dev.lock -r template/requirements.lock
	@touch $@
