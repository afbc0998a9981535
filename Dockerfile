# Only copies what the host has built: nothing is installed or compiled here, so any platform's image can be made
# on any machine, and the image adds little more than one file to Lambda's base.
ARG BASE_IMAGE=public.ecr.aws/lambda/nodejs:24
FROM ${BASE_IMAGE}
COPY dist/lambda/gateway.mjs ${LAMBDA_TASK_ROOT}/
CMD ["gateway.handler"]
