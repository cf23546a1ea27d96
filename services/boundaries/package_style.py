"""How QGIS shows an edit package: outlines that can be told apart, names as labels, a form in Chinese.

QGIS reads the style of a GeoPackage's layer from its table `layer_styles`.
"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from domain.boundaries import Layer

STYLE_NAME = "招商一张图"
LAYER_ZH = {Layer.PARKS: "园区", Layer.ZONES: "片区", Layer.PLOTS: "地块", Layer.BELT_SECTIONS: "产业带区段"}
LAYER_STYLES_TABLE = """CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, f_table_schema TEXT, f_table_name TEXT,
    f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
    owner TEXT, ui TEXT, update_time DATETIME)"""

_ALIASES = {"fid": "序号", "code": "编码", "name": "名称", "base_version": "所据版本", "package": "编辑包"}
_SHOWN = ("code", "name", "base_version")
_OURS = ("fid", "base_version", "package")
"""Columns the workbench fills in; people read them only."""


def qml(layer: Layer, package: int) -> str:
    """The style of a package's layer, QGIS 3. New features take the package's number by themselves."""
    fields = "".join(
        f'<field name="{name}"><editWidget type="{"Hidden" if name in ("fid", "package") else "TextEdit"}">'
        '<config><Option type="Map"/></config></editWidget></field>'
        for name in _ALIASES
    )
    aliases = "".join(
        f'<alias index="{index}" field="{name}" name={quoteattr(alias)}/>'
        for index, (name, alias) in enumerate(_ALIASES.items())
    )
    defaults = "".join(
        f'<default field="{name}" applyOnUpdate="0" expression="{package if name == "package" else ""}"/>'
        for name in _ALIASES
    )
    needed = "".join(
        f'<constraint field="{name}" constraints="{3 if name == "code" else 1}" notnull_strength="1" '
        f'unique_strength="{1 if name == "code" else 0}" exp_strength="0"/>'
        for name in ("code", "name")
    )
    editable = "".join(f'<field name="{name}" editable="{0 if name in _OURS else 1}"/>' for name in _ALIASES)
    form = "".join(
        f'<attributeEditorField index="{list(_ALIASES).index(name)}" name="{name}" showLabel="1"/>' for name in _SHOWN
    )
    title = f"{LAYER_ZH[layer]}边界"
    return f"""<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" labelsEnabled="1" styleCategories="Symbology|Labeling|Fields|Forms">
 <renderer-v2 type="singleSymbol" symbollevels="0" forceraster="0" enableorderby="0">
  <symbols><symbol type="fill" name="0" alpha="1" clip_to_extent="1" force_rhr="0">
   <layer class="SimpleFill" enabled="1" locked="0" pass="0"><Option type="Map">
    <Option type="QString" name="color" value="168,86,42,46"/>
    <Option type="QString" name="outline_color" value="168,86,42,255"/>
    <Option type="QString" name="outline_style" value="solid"/>
    <Option type="QString" name="outline_width" value="0.5"/>
    <Option type="QString" name="outline_width_unit" value="MM"/>
    <Option type="QString" name="style" value="solid"/>
   </Option></layer>
  </symbol></symbols>
 </renderer-v2>
 <labeling type="simple"><settings calloutType="simple">
  <text-style fieldName="name" isExpression="0" fontSize="10" fontSizeUnit="Point" textColor="28,39,51,255">
   <text-buffer bufferDraw="1" bufferSize="1" bufferSizeUnits="MM" bufferColor="251,249,244,255"/>
  </text-style>
  <placement placement="1"/>
 </settings></labeling>
 <fieldConfiguration>{fields}</fieldConfiguration>
 <aliases>{aliases}</aliases>
 <defaults>{defaults}</defaults>
 <constraints>{needed}</constraints>
 <editorlayout>tablayout</editorlayout>
 <attributeEditorForm>
  <attributeEditorContainer name={quoteattr(title)} groupBox="0" columnCount="1" showLabel="1">
   {form}
  </attributeEditorContainer>
 </attributeEditorForm>
 <editable>{editable}</editable>
 <previewExpression>"name"</previewExpression>
 <layerGeometryType>2</layerGeometryType>
</qgis>
"""
