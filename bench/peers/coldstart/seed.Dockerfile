ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY packages/ seed.py ${LAMBDA_TASK_ROOT}/
# implicit asks for it, and no base brings it.
COPY libgomp.so.1 ${LAMBDA_TASK_ROOT}/lib/
CMD ["seed.handler"]
