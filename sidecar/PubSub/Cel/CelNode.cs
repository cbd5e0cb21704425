namespace Sidecar.PubSub.Cel;

/// <summary>A part of a parsed expression, which evaluates itself.</summary>
internal abstract class CelNode
{
    /// <summary>The value for an event.</summary>
    public abstract CelValue Evaluate(CelValue @event);
}

/// <summary>A literal.</summary>
internal sealed class LiteralNode(CelValue value) : CelNode
{
    /// <summary>Its value.</summary>
    public CelValue Value => value;

    /// <inheritdoc/>
    public override CelValue Evaluate(CelValue @event) => value;
}

/// <summary>The variable <c>event</c>.</summary>
internal sealed class EventNode : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelValue @event) => @event;
}

/// <summary>A list.</summary>
internal sealed class ListNode(IReadOnlyList<CelNode> items) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelValue @event)
    {
        var values = new CelValue[items.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = items[i].Evaluate(@event);
            if (values[i].IsError)
            {
                return values[i];
            }
        }
        return CelValue.Of(values);
    }
}

/// <summary><c>a.b</c>, <c>a["b"]</c> or <c>a[0]</c>.</summary>
internal sealed class SelectNode(CelNode operand, CelNode key) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelValue @event)
    {
        var (target, index) = (operand.Evaluate(@event), key.Evaluate(@event));
        return target.IsError ? target : index.IsError ? index : CelOperators.Select(target, index);
    }

    /// <summary>Whether the field is there; an error where the operand cannot be evaluated.</summary>
    public CelValue Has(CelValue @event)
    {
        var target = operand.Evaluate(@event);
        return target.IsError ? target : CelValue.Of(!CelOperators.Select(target, key.Evaluate(@event)).IsError);
    }
}

/// <summary><c>has(a.b)</c>: whether the field is there.</summary>
internal sealed class HasNode(SelectNode field) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelValue @event) => field.Has(@event);
}

/// <summary><c>!</c> or the minus sign.</summary>
internal sealed class UnaryNode(string symbol, CelNode operand) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelValue @event)
    {
        var value = operand.Evaluate(@event);
        return (symbol, value.Kind) switch
        {
            (_, CelKind.Error) => value,
            ("!", CelKind.Bool) => CelValue.Of(!value.Bool),
            ("-", CelKind.Int) when value.Int != long.MinValue => CelValue.Of(-value.Int),
            ("-", CelKind.Double) => CelValue.Of(-value.Double),
            _ => CelValue.Error($"no such overload: {symbol} {value.Kind}"),
        };
    }
}

/// <summary>An operator of two operands that are both evaluated.</summary>
internal sealed class BinaryNode(string symbol, CelNode left, CelNode right) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelValue @event)
    {
        var a = left.Evaluate(@event);
        if (a.IsError)
        {
            return a;
        }
        var b = right.Evaluate(@event);
        return b.IsError ? b : CelOperators.Apply(symbol, a, b);
    }
}

/// <summary>
/// <c>&amp;&amp;</c> and <c>||</c>. Either side may decide alone, whatever the other is: <c>false &amp;&amp;
/// error</c> is false in both orders.
/// </summary>
internal sealed class LogicNode(bool decisive, CelNode left, CelNode right) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelValue @event)
    {
        var a = left.Evaluate(@event);
        if (a.Kind == CelKind.Bool && a.Bool == decisive)
        {
            return a;
        }
        var b = right.Evaluate(@event);
        if (b.Kind == CelKind.Bool && b.Bool == decisive)
        {
            return b;
        }
        return a.IsError ? a
            : b.IsError ? b
            : a.Kind == CelKind.Bool && b.Kind == CelKind.Bool ? b
            : CelValue.Error("no such overload: a logical operator needs booleans");
    }
}

/// <summary><c>c ? a : b</c>.</summary>
internal sealed class ConditionNode(CelNode condition, CelNode yes, CelNode no) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelValue @event)
    {
        var value = condition.Evaluate(@event);
        return value.Kind switch
        {
            CelKind.Error => value,
            CelKind.Bool => (value.Bool ? yes : no).Evaluate(@event),
            _ => CelValue.Error("no such overload: a condition needs a boolean"),
        };
    }
}

/// <summary>A function: <c>size(a)</c>, <c>a.startsWith(b)</c> and the like.</summary>
internal sealed class CallNode(Func<CelValue, CelValue, CelValue> function, CelNode target, CelNode? argument) : CelNode
{
    /// <inheritdoc/>
    public override CelValue Evaluate(CelValue @event)
    {
        var a = target.Evaluate(@event);
        if (a.IsError || argument is null)
        {
            return a.IsError ? a : function(a, default);
        }
        var b = argument.Evaluate(@event);
        return b.IsError ? b : function(a, b);
    }
}
