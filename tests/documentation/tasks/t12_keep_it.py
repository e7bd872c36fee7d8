from constructs_dra import Container

server = Container.vllm("registry.example.com/vllm:latest", accept={"image-tag": "the mirror moves the tag after its own tests"})
