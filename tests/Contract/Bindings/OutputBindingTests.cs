using Tests.Contract.Hosting;

namespace Tests.Contract.Bindings;

/// <summary>POST /v1.0/bindings/{name} where nothing can be sent: there is no such component, or it is for input only.</summary>
public sealed class OutputBindingTests(DaprFixture dapr)
{
    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task an_unknown_binding_is_500(string method)
    {
        const string Request = """{"operation":"create","data":"x","metadata":{"k":"v"}}""";

        var answer = await dapr.Client.SendAsync(new HttpMethod(method), "/v1.0/bindings/none", Request);

        answer.Status.ShouldBe(500);
        answer.Body.ShouldBe(Answer.Error("ERR_INVOKE_OUTPUT_BINDING", "error invoking output binding none: couldn't find output binding none"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"operation":null,"data":1}""")]
    public async Task an_operation_is_needed_before_the_name_is_looked_at(string body)
    {
        var answer = await dapr.Client.PostJsonAsync("/v1.0/bindings/none", body);

        answer.Status.ShouldBe(500);
        answer.Message.ShouldBe("error invoking output binding none: operation field is missing from request");
    }

    [Theory]
    [InlineData("", "EOF")]
    [InlineData("{", "unexpected EOF")]
    [InlineData("[]", "json: cannot unmarshal array into Go value of type http.OutputBindingRequest")]
    [InlineData("""{"operation":5}""", "json: cannot unmarshal number into Go struct field OutputBindingRequest.operation of type string")]
    public async Task a_body_that_is_no_request_is_400(string body, string problem)
    {
        var answer = await dapr.Client.PostJsonAsync("/v1.0/bindings/none", body);

        answer.Status.ShouldBe(400);
        answer.ErrorCode.ShouldBe("ERR_MALFORMED_REQUEST");
        answer.Message.ShouldBe($"failed deserializing HTTP body: {problem}");
    }

    [Theory]
    [InlineData("GET", "/v1.0/bindings/none")]
    [InlineData("POST", "/v1.0/bindings/none/more")]
    [InlineData("POST", "/v1.0/bindings/")]
    public async Task other_methods_and_paths_are_unknown(string method, string path)
    {
        var answer = await dapr.Client.SendAsync(new HttpMethod(method), path, "{}");

        answer.Status.ShouldBe(404);
        answer.ErrorCode.ShouldBe("ERR_DIRECT_INVOKE");
    }
}
