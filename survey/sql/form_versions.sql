-- Stored versions that a record may mean: form ids are unique within an area only.
-- Parameters: form_id, version. Few rows; indexes: form_version_once, form_id_once_per_area.
SELECT version.id, form.id, version.xform_md5, form.area_code, form.is_built_in
FROM survey_formversion AS version
JOIN survey_form AS form ON form.id = version.form_id
WHERE form.form_id = %(form_id)s AND version.version = %(version)s
ORDER BY version.id
