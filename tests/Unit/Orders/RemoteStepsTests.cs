using System.Net;
using System.Text;
using Contracts;
using Dapr.Workflow;
using Dapr.Workflow.Abstractions;
using Orders.Orchestrating;
using ServiceDefaults.Traffic;

namespace Tests.Unit.Orders;

/// <summary>What the steps make of the other services' answers.</summary>
public sealed class RemoteStepsTests
{
    private const string Order = "order-1";

    [Fact]
    public async Task a_refusal_is_a_result()
    {
        using var client = Answering(HttpStatusCode.OK, """{"orderId":"order-1","status":"Rejected","reasonCode":"out-of-stock","detail":"none left"}""");

        var result = await new ReserveStock(client).RunAsync(new Context(), new ReserveStockInput(Order, []));

        result.ShouldBe(StepResult.Refused(ReasonCodes.OutOfStock, "none left"));
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "{}")]
    [InlineData(HttpStatusCode.OK, """{"orderId":"order-1","status":"Perhaps"}""")]
    [InlineData(HttpStatusCode.OK, "null")]
    [InlineData(HttpStatusCode.OK, "<html>")]
    [InlineData(HttpStatusCode.InternalServerError, """{"errorCode":"ERR_DIRECT_INVOKE"}""")]
    [InlineData(HttpStatusCode.NotFound, "")]
    public async Task an_answer_that_says_nothing_of_the_outcome_is_a_failed_attempt_and_no_refusal(HttpStatusCode status, string body)
    {
        using var client = Answering(status, body);

        await Should.ThrowAsync<StepFailedException>(new ReserveStock(client).RunAsync(new Context(), new ReserveStockInput(Order, [])));
        await Should.ThrowAsync<StepFailedException>(new IssueInvoice(client).RunAsync(new Context(), new IssueInvoiceInput(Order, "c", 1)));
        await Should.ThrowAsync<StepFailedException>(new CommitReservation(client).RunAsync(new Context(), new AlignInput(Order, ReasonCode: null)));
    }

    private static StepClient Answering(HttpStatusCode status, string body) =>
        new(appId => new HttpClient(new Canned(status, body)) { BaseAddress = new Uri($"http://{appId}") }, new TrafficMeter());

    private sealed class Canned(HttpStatusCode status, string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
    }

    private sealed class Context : WorkflowActivityContext
    {
        public override TaskIdentifier Identifier => new("step");

        public override string TaskExecutionKey => "key";

        public override string InstanceId => Order;
    }
}
