using System.Text.Json;
using Sidecar.PubSub.Cel;

namespace Tests.Unit.Sidecar.PubSub;

public sealed class CelTests
{
    private static readonly JsonElement Event = JsonDocument.Parse(
        """
        {"type":"order.placed.v1","source":"my/source","subject":"subj","n":null,
         "data":{"kind":"b","amount":12.5,"count":3,"big":9007199254740993,"paid":true,"tags":["x","y"],"nested":{"a":{"b":1}},"odd key":1}}
        """).RootElement;

    [Theory]
    [InlineData("event.type == \"order.placed.v1\"", true)]
    [InlineData("event.type == 'order.cancelled.v1'", false)]
    [InlineData("event.type != \"x\"", true)]
    [InlineData("event.data.amount > 12 && event.data.amount <= 12.5", true)]
    [InlineData("event.data.count == 3", true)]
    [InlineData("event.data.count == 3.0", true)]
    [InlineData("3 == event.data.count", true)]
    [InlineData("event.data.count < -1", false)]
    [InlineData("event.data.paid", true)]
    [InlineData("!event.data.paid", false)]
    [InlineData("!!event.data.paid", true)]
    [InlineData("event.data.kind in [\"a\", \"b\"]", true)]
    [InlineData("\"x\" in event.data.tags", true)]
    [InlineData("\"kind\" in event.data", true)]
    [InlineData("\"gone\" in event.data", false)]
    [InlineData("event.data.tags[1] == \"y\"", true)]
    [InlineData("event.data[\"odd key\"] == 1", true)]
    [InlineData("event[\"type\"].startsWith(\"order.\")", true)]
    [InlineData("event.data.nested.a.b == 1", true)]
    [InlineData("event.subject.startsWith(\"s\")", true)]
    [InlineData("event.subject.endsWith(\"j\")", true)]
    [InlineData("event.subject.contains(\"ub\")", true)]
    [InlineData("event.type.matches(\"^order\\\\.[a-z]+\\\\.v[0-9]$\")", true)]
    [InlineData("event.type.matches(r\"^invoice\\.\")", false)]
    [InlineData("size(event.data.tags) == 2", true)]
    [InlineData("event.subject.size() == 4", true)]
    [InlineData("size(\"\\U0001F600a\") == 2", true)]
    [InlineData("has(event.data.kind) && event.data.kind == \"b\"", true)]
    [InlineData("has(event.data.gone) && event.data.gone == \"b\"", false)]
    [InlineData("has(event.subject.x)", false)]
    [InlineData("event.n == null", true)]
    [InlineData("event.type == null", false)]
    [InlineData("event.data.paid ? event.data.kind == \"b\" : false", true)]
    [InlineData("(event.type == \"x\" || event.data.kind == \"b\") && true", true)]
    [InlineData("false && event.gone || true", true)]
    [InlineData("event.type + \"!\" == \"order.placed.v1!\"", true)]
    [InlineData("1 + 2 == 3 && [1] + [2] == [1, 2]", true)]
    [InlineData("\"a\" < \"b\" && 1 < 2 && 1.5 >= 1.5", true)]
    [InlineData("event.gone == 1 || true", true)]
    [InlineData("event.gone == 1 && false", false)]
    [InlineData("event.data.nested == event.data.nested", true)]
    [InlineData("\"\\x41\\u0042\\n\" == \"AB\\n\"", true)]
    public void an_expression_gives_a_boolean(string expression, bool expected)
    {
        CelExpression.Parse(expression).Matches(Event, out var error).ShouldBe(expected, error);
    }

    [Theory]
    [InlineData("event.gone == \"b\"", "no such key: gone")]
    [InlineData("event.data.gone.deeper", "no such key: gone")]
    [InlineData("event.subject.kind == \"b\"", "no such overload: String has no fields")]
    [InlineData("has(event.gone.kind)", "no such key: gone")]
    [InlineData("event.gone || false", "no such key: gone")]
    [InlineData("event.data.tags[2] == \"z\"", "index out of bounds: 2")]
    [InlineData("event.data.count.startsWith(\"x\")", "no such overload: Double.startsWith(String)")]
    [InlineData("event.data.kind < 1", "no such overload: String < Int")]
    [InlineData("event.type", "the result of the match expression was not a boolean")]
    [InlineData("9223372036854775807 + 1 == 0", "integer overflow")]
    [InlineData("event.data.kind && true", "no such overload: a logical operator needs booleans")]
    public void what_cannot_be_said_is_an_error_and_no_answer(string expression, string problem)
    {
        CelExpression.Parse(expression).Matches(Event, out var error).ShouldBeNull();
        error.ShouldBe(problem);
    }

    [Theory]
    [InlineData("event.type ==== 1", "expected a value instead of '=='")]
    [InlineData("event.type = 1", "unexpected '='")]
    [InlineData("event.type ==", "expected a value instead of the end")]
    [InlineData("(event.type == 1", "expected ')' instead of the end")]
    [InlineData("event.type == \"x", "a string that does not end begins")]
    [InlineData("evnt.type == 1", "unknown name 'evnt'")]
    [InlineData("event.type.upper() == 1", "no function 'upper'")]
    [InlineData("has(event)", "has() needs a field")]
    [InlineData("event.type.matches(\"(\")", "'(' is not a pattern")]
    [InlineData("event.type == 99999999999999999999", "is not a number")]
    [InlineData("event.type event.type", "expected an operator or the end instead of 'event'")]
    [InlineData("", "expected a value instead of the end")]
    public void what_is_not_cel_is_refused_with_a_position(string expression, string problem)
    {
        var error = Should.Throw<CelSyntaxException>(() => CelExpression.Parse(expression));
        error.Message.ShouldContain(problem);
        error.Message.ShouldContain("at character");
    }

    [Fact]
    public void nesting_without_end_is_refused()
    {
        Should.Throw<CelSyntaxException>(() => CelExpression.Parse(new string('(', 5_000))).Message.ShouldContain("nesting");
        Should.Throw<CelSyntaxException>(() => CelExpression.Parse(new string('!', 5_000))).Message.ShouldContain("nesting");
    }
}
