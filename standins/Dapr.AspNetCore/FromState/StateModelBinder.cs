using Dapr.Client;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Validation;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.AspNetCore.FromState;

/// <summary>Chooses <see cref="StateModelBinder{TValue}"/> for what is marked <c>[FromState]</c>.</summary>
internal sealed class StateModelBinderProvider : IModelBinderProvider
{
    public IModelBinder? GetBinder(ModelBinderProviderContext context)
    {
        if (context.BindingInfo.BindingSource is not FromStateBindingSource source)
        {
            return null;
        }

        var type = context.Metadata.ModelType;
        var isEntry = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(StateEntry<>);
        var valueType = isEntry ? type.GetGenericArguments()[0] : type;
        return (IModelBinder?)Activator.CreateInstance(
            typeof(StateModelBinder<>).MakeGenericType(valueType), source, isEntry);
    }
}

/// <summary>Reads a value, or an entry, from a state store.</summary>
internal sealed class StateModelBinder<TValue>(FromStateBindingSource source, bool isEntry) : IModelBinder
{
    public async Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var context = bindingContext.HttpContext;
        var keyName = source.Key ?? bindingContext.FieldName;
        var key = context.Request.RouteValues[keyName] as string;
        if (string.IsNullOrEmpty(key))
        {
            bindingContext.Result = ModelBindingResult.Failed();
            bindingContext.ModelState.TryAddModelError(
                bindingContext.ModelName, $"Required value {keyName} not present.");
            return;
        }

        var client = context.RequestServices.GetRequiredService<DaprClient>();
        object? model = isEntry
            ? await client.GetStateEntryAsync<TValue>(
                source.StoreName, key, cancellationToken: context.RequestAborted)
            : await client.GetStateAsync<TValue>(source.StoreName, key, cancellationToken: context.RequestAborted);
        if (model is null)
        {
            bindingContext.Result = ModelBindingResult.Failed();
            return;
        }

        bindingContext.Result = ModelBindingResult.Success(model);

        // What the app has stored itself is not validated again.
        bindingContext.ValidationState.Add(model, new ValidationStateEntry { SuppressValidation = true });
    }
}
