using Gateway.Views;
using Gateway.Views.Reading;
using Microsoft.AspNetCore.Http;
using ServiceDefaults.Problems;

namespace Tests.Unit.Gateway.Views;

public sealed class ConsistencyTokenTests
{
    [Fact]
    public void several_tokens_stand_between_commas_and_the_highest_of_an_order_counts() =>
        Read("orders/a@3, orders/b@1,orders/a@12,orders/a@4").ShouldBe([new ConsistencyToken("a", 12), new ConsistencyToken("b", 1)]);

    [Fact]
    public void a_request_without_the_header_has_none() => ConsistencyToken.Of(new DefaultHttpContext()).ShouldBeEmpty();

    [Fact]
    public void several_headers_are_one_list()
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[ConsistencyToken.Header] = new[] { "orders/a@1", "orders/b@2" };

        ConsistencyToken.Of(http).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("orders/a")]
    [InlineData("orders/@1")]
    [InlineData("orders/a@")]
    [InlineData("orders/a@0")]
    [InlineData("orders/a@-1")]
    [InlineData("orders/a@1.5")]
    [InlineData("orders/a@1 ;x")]
    [InlineData("orders/a@99999999999999999999")]
    [InlineData("orders/a b@1")]
    [InlineData("orders/a/b@1")]
    [InlineData("invoices/a@1")]
    [InlineData("@")]
    [InlineData("orders/a@1,nonsense")]
    public void what_is_no_token_is_refused_by_name(string header)
    {
        var refused = Should.Throw<RefusedException>(() => Read(header));

        refused.Status.ShouldBe(422);
        refused.Errors[ConsistencyToken.Header][0].ShouldContain("is no token");
    }

    [Fact]
    public void too_many_tokens_are_refused()
    {
        var many = string.Join(',', Enumerable.Range(0, ViewLimits.TokensMax + 1).Select(i => $"orders/o{i}@1"));

        Should.Throw<RefusedException>(() => Read(many)).Errors[ConsistencyToken.Header].ShouldHaveSingleItem().ShouldContain("21 tokens");
        Read(string.Join(',', many.Split(',').SkipLast(1))).Count.ShouldBe(ViewLimits.TokensMax);
    }

    [Fact]
    public void a_token_is_written_as_it_is_read() => Read(new ConsistencyToken("018f-a", 7).ToString()).ShouldBe([new ConsistencyToken("018f-a", 7)]);

    private static IReadOnlyList<ConsistencyToken> Read(string header)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[ConsistencyToken.Header] = header;
        return ConsistencyToken.Of(http);
    }
}
