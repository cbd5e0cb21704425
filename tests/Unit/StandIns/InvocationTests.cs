using System.Net.Http.Json;
using Dapr.Client;

namespace Tests.Unit.StandIns;

public sealed class InvocationTests
{
    [Fact]
    public async Task an_invokable_client_reaches_an_app_through_the_sidecar()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(200, """{"a":1}""", ("Content-Type", "application/json"));
        using var client = sidecar.NewClient();
        using var http = client.CreateInvokableHttpClient("inventory");

        var answer = await http.GetFromJsonAsync<Dictionary<string, int>>("/stock/sku%201?q=1&z=%20a");

        answer.ShouldBe(new Dictionary<string, int> { ["a"] = 1 });
        sidecar.Request.Line.ShouldBe("GET /v1.0/invoke/inventory/method/stock/sku%201?q=1&z=%20a");
        sidecar.Request["User-Agent"]!.ShouldStartWith("dapr-sdk-dotnet/v1.");
        sidecar.Request["dapr-api-token"].ShouldBeNull();
    }

    [Fact]
    public async Task an_invokable_client_without_an_app_takes_it_from_each_request()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();
        using var http = client.CreateInvokableHttpClient();

        await http.PostAsJsonAsync("http://orders/confirm", new { id = 1 });
        await http.DeleteAsync("http://invoices/x/y");

        sidecar.Requests[0].Line.ShouldBe("POST /v1.0/invoke/orders/method/confirm");
        sidecar.Requests[0].Text.ShouldBe("""{"id":1}""");
        sidecar.Requests[1].Line.ShouldBe("DELETE /v1.0/invoke/invoices/method/x/y");
    }

    [Fact]
    public async Task an_app_id_keeps_its_capitals()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();
        using var http = client.CreateInvokableHttpClient("myApp");

        await http.GetAsync("/a");

        sidecar.Request.Line.ShouldBe("GET /v1.0/invoke/myApp/method/a");
    }

    [Fact]
    public async Task the_token_goes_to_the_sidecar_and_stays_off_the_callers_request()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient(builder => builder.UseDaprApiToken("secret"));
        using var http = client.CreateInvokableHttpClient("orders");
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/a");

        await http.SendAsync(request);

        sidecar.Request["dapr-api-token"].ShouldBe("secret");
        request.RequestUri.ShouldBe(new Uri("http://orders/a"));
        request.Headers.Contains("dapr-api-token").ShouldBeFalse();
    }

    [Fact]
    public async Task invokable_clients_share_connections_and_outlive_each_other()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        HttpClient last;
        using (var client = sidecar.NewClient())
        {
            for (var i = 0; i < 5; i++)
            {
                using var http = client.CreateInvokableHttpClient("orders");
                await http.GetAsync("/a");
            }

            last = client.CreateInvokableHttpClient("orders");
        }

        (await last.GetAsync("/a")).IsSuccessStatusCode.ShouldBeTrue();
        last.Dispose();
        sidecar.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task a_static_client_needs_no_dapr_client()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var http = DaprClient.CreateInvokeHttpClient("orders", sidecar.Endpoint, "secret");

        await http.GetAsync("a");

        sidecar.Request.Line.ShouldBe("GET /v1.0/invoke/orders/method/a");
        sidecar.Request["dapr-api-token"].ShouldBe("secret");
        Should.Throw<ArgumentException>(() => DaprClient.CreateInvokeHttpClient("no host"));
        Should.Throw<ArgumentException>(() => DaprClient.CreateInvokeHttpClient("orders", "ftp://x"));
    }

    [Fact]
    public async Task a_handler_can_be_put_into_any_client()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var handler = new InvocationHandler
        {
            DaprEndpoint = sidecar.Endpoint,
            InnerHandler = new SocketsHttpHandler(),
        };
        using var http = new HttpClient(handler);

        await http.GetAsync("http://orders/a");

        sidecar.Request.Line.ShouldBe("GET /v1.0/invoke/orders/method/a");
        handler.DaprEndpoint.ShouldBe(sidecar.Endpoint);
    }

    [Fact]
    public async Task a_request_without_a_host_is_refused_before_it_is_sent()
    {
        using var invoker = new HttpMessageInvoker(
            new InvocationHandler { InnerHandler = new SocketsHttpHandler() });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/a", UriKind.Relative));

        await Should.ThrowAsync<ArgumentException>(() => invoker.SendAsync(request, CancellationToken.None));
    }

    [Fact]
    public async Task requests_are_made_as_asked()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient(builder => builder.UseDaprApiToken("secret"));

        using var post = client.CreateInvokeMethodRequest("orders", "/place");
        using var query = client.CreateInvokeMethodRequest(
            HttpMethod.Get, "orders", "list", [new("q", "a b"), new("q", "&")]);
        using var body = client.CreateInvokeMethodRequest("orders", "place", new { id = 1 });

        post.Method.ShouldBe(HttpMethod.Post);
        post.RequestUri!.PathAndQuery.ShouldBe("/v1.0/invoke/orders/method/place");
        post.Headers.GetValues("dapr-api-token").ShouldBe(["secret"]);
        query.RequestUri!.PathAndQuery.ShouldBe("/v1.0/invoke/orders/method/list?q=a%20b&q=%26");
        (await body.Content!.ReadAsStringAsync()).ShouldBe("""{"id":1}""");
    }

#pragma warning disable CS0618 // The obsolete members are offered, so they are tested.
    [Fact]
    public async Task the_obsolete_calls_still_work()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(200, "5", ("Content-Type", "application/json"));
        using var client = sidecar.NewClient();

        await client.InvokeMethodAsync("orders", "a");
        await client.InvokeMethodAsync(HttpMethod.Put, "orders", "b", 1);
        (await client.InvokeMethodAsync<int>(HttpMethod.Get, "orders", "c")).ShouldBe(5);
        (await client.InvokeMethodAsync<int, int>("orders", "d", 1)).ShouldBe(5);

        sidecar.Requests.Select(request => $"{request.Line} {request.Text}".TrimEnd()).ShouldBe([
            "POST /v1.0/invoke/orders/method/a",
            "PUT /v1.0/invoke/orders/method/b 1",
            "GET /v1.0/invoke/orders/method/c",
            "POST /v1.0/invoke/orders/method/d 1",
        ]);
    }

    [Fact]
    public async Task a_failed_call_names_app_and_method_and_keeps_the_answer()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(500, """{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke"}""");
        using var client = sidecar.NewClient();

        var failed = await Should.ThrowAsync<InvocationException>(() => client.InvokeMethodAsync("orders", "place"));

        (failed.AppId, failed.MethodName).ShouldBe(("orders", "place"));
        failed.Message.ShouldContain("'place' on app-id: 'orders'");
        ((int)failed.Response.StatusCode).ShouldBe(500);
        (await failed.Response.Content.ReadAsStringAsync()).ShouldContain("ERR_DIRECT_INVOKE");
    }

    [Fact]
    public async Task an_answer_that_cannot_be_read_is_a_failed_call()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(200, "no json", ("Content-Type", "application/json"));
        using var client = sidecar.NewClient();

        var failed = await Should.ThrowAsync<InvocationException>(
            () => client.InvokeMethodAsync<int>("orders", "place"));

        failed.InnerException.ShouldBeOfType<System.Text.Json.JsonException>();
    }

    [Fact]
    public async Task an_answer_of_any_status_can_be_had_and_foreign_requests_are_refused()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(418);
        using var client = sidecar.NewClient();

        using var request = client.CreateInvokeMethodRequest("orders", "a");
        using var answer = await client.InvokeMethodWithResponseAsync(request);
        ((int)answer.StatusCode).ShouldBe(418);

        using var foreign = new HttpRequestMessage(HttpMethod.Get, "http://elsewhere/a");
        await Should.ThrowAsync<InvalidOperationException>(() => client.InvokeMethodWithResponseAsync(foreign));
    }

    [Fact]
    public async Task no_answer_at_all_is_a_failed_call()
    {
        using var client = new DaprClientBuilder().UseHttpEndpoint(await FakeSidecar.DownAsync()).Build();

        var failed = await Should.ThrowAsync<InvocationException>(() => client.InvokeMethodAsync("orders", "place"));

        failed.Response.ShouldBeNull();
        failed.InnerException.ShouldBeOfType<HttpRequestException>();
    }
#pragma warning restore CS0618
}
